import { type Body, encode, HEADER_SIZE, type UnknownMessage, type Version } from '@ballast/openflow';

/**
 * What is made of a value once for each version, for as long as the value is there. Values are compared by identity: rows
 * that many switches share are made ready for the wire once.
 */
export class OncePerVersion<K extends object, V> {
  readonly #made = new Map<Version, WeakMap<K, V>>();

  of(key: K, version: Version, make: () => V): V {
    let made = this.#made.get(version);
    if (made === undefined) {
      made = new WeakMap();
      this.#made.set(version, made);
    }
    let value = made.get(key);
    if (value === undefined) {
      value = make();
      made.set(key, value);
    }
    return value;
  }
}

const encoded = new OncePerVersion<Body, UnknownMessage>();

/**
 * The same message with its inside encoded: whoever sends it, however often, only puts a header before it. Not for
 * messages that hold messages, which repeat their xid.
 * @throws {OpenFlowError} the version has no words for it
 */
export function encodedOnce(body: Body, version: Version): UnknownMessage {
  return encoded.of(body, version, () => {
    const bytes = encode(body, version, 0);
    return { type: 'unknown', messageType: bytes[1] as number, data: bytes.subarray(HEADER_SIZE) };
  });
}
