import type { SyntaxNode } from '@lezer/common';

/** The nodes right below one, without the comments, which may stand anywhere. */
export function partsOf(node: SyntaxNode | null): SyntaxNode[] {
  const parts: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child; child = child.nextSibling) {
    if (child.name !== 'LineComment') parts.push(child);
  }
  return parts;
}

export const firstOf = (node: SyntaxNode): SyntaxNode => partsOf(node)[0] ?? node;
export const lastOf = (node: SyntaxNode): SyntaxNode => partsOf(node).at(-1) ?? node;
