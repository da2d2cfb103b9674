/** Carries tasks out one by one, in the order of the calls, whether or not those before succeeded. */
export function inTurn(): <R>(task: () => Promise<R>) => Promise<R> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}
