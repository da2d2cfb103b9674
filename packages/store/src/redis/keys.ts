/** The keys of a cluster. The braces keep them in one hash slot, so that a script may touch several in a Redis Cluster. */
export function keysOf(cluster: string): {
  document(noun: string): string;
  readonly lease: string;
  readonly token: string;
} {
  // A brace in the name would end the tag before its time.
  const start = `ballast:{${cluster.replaceAll(/[{}]/g, '_')}}`;
  return { document: (noun) => `${start}:${noun}`, lease: `${start}:lease`, token: `${start}:token` };
}
