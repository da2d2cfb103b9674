import { type Document, isAlias, isMap, isSeq, type Pair, type ParsedNode } from 'yaml';
import type { Path } from '../problems/fault.ts';

/** The offset of the value (or its key) at `path` in the text; of the nearest parent for what is missing. */
export function offsetOf(document: Document.Parsed, path: Path, atKey: boolean): number {
  let node: ParsedNode | null = document.contents;
  let offset = node?.range[0] ?? 0;
  for (const [i, part] of path.entries()) {
    if (isAlias(node)) node = (node.resolve(document) as ParsedNode | undefined) ?? null;
    if (isMap(node)) {
      const pair = pairOf(node.items, part);
      if (pair === undefined) return offset;
      node = pair.value;
      const useKey = i === path.length - 1 ? atKey || isBlock(node) : isMap(node) || isSeq(node);
      offset = useKey || node === null ? pair.key.range[0] : node.range[0];
    } else if (isSeq(node)) {
      node = node.items[Number(part)] ?? null;
      if (node === null) return offset;
      offset = node.range[0];
    } else return offset;
  }
  return offset;
}

type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

function pairOf(pairs: readonly ParsedPair[], key: string | number): ParsedPair | undefined {
  return pairs.find((pair) => 'value' in pair.key && String(pair.key.value) === String(key));
}

/** A block begins a line below the key that names it; `{...}` and `[...]` begin beside it. */
function isBlock(node: ParsedNode | null): boolean {
  return (isMap(node) || isSeq(node)) && !('flow' in node && node.flow === true);
}
