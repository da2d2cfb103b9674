import * as of from '@ballast/openflow';

/** A message, and the versions that can say it. */
export interface WireRow {
  readonly name: string;
  readonly body: of.Body;
  /** All, where it is not given. */
  readonly versions?: readonly of.Version[];
}

export const data = new Uint8Array(0);
export const hello: of.Body = { type: 'hello', versions: [4, 5, 6], elements: [] };
export const output = (port: number): of.Action => ({ type: 'output', port, maxLen: 0 });
export const flow = (actions: readonly of.Action[], more: Partial<of.FlowMod> = {}): of.Body =>
  of.flowMod({ ...more, instructions: [{ type: 'apply_actions', actions }] });
export const matching = (fields: of.Match): of.Body => of.flowMod({ match: fields });
export const dnat: of.Action = {
  type: 'ct',
  flags: of.NX_CT_F_COMMIT,
  zone: 7,
  table: 3,
  alg: 0,
  actions: [{ type: 'nat', flags: of.NX_NAT_F_DST, ipv4Min: '10.0.0.1', protoMin: 80 }],
};
export const ask = (query: of.MultipartQuery): of.Body => ({ type: 'multipart_request', flags: 0, query });
export const answer = (given: of.MultipartAnswer, flags = 0): of.Body => ({
  type: 'multipart_reply',
  flags,
  answer: given,
});
export const statistics = { duration: { sec: 1, nsec: 5_000_000 }, packetCount: 4n, byteCount: 9n };
