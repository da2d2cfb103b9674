const collator = new Intl.Collator('en', { numeric: true });

/** In the order of names as people count: pve2 before pve10. */
export function byName<T>(things: readonly T[], nameOf: (thing: T) => string): readonly T[] {
  return things.toSorted((a, b) => collator.compare(nameOf(a), nameOf(b)));
}
