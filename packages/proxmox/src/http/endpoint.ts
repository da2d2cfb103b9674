/** One entry point of the cluster: any of its nodes, or a name that leads to one. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}
