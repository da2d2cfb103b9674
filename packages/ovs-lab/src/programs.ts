const hosts = new URL('../hosts/', import.meta.url);

/** Programs for hosts that are of general use; what each takes and prints stands at its top. */
export const PROGRAMS: Readonly<Record<'hold' | 'member' | 'spread' | 'tell', URL>> = {
  /** Keeps connections open and asks over each of them; tells what became of them. */
  hold: new URL('hold.mjs', hosts),
  /** A server that says its name, over TCP and UDP. */
  member: new URL('member.mjs', hosts),
  /** Opens connections from fixed source ports; tells which member greeted each. */
  spread: new URL('spread.mjs', hosts),
  /** Sends datagrams that want no answer. */
  tell: new URL('tell.mjs', hosts),
};
