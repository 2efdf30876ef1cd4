import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { InvalidError } from '../errors.ts';

/**
 * The one series name that a seriesQuery pins (`viewers{pod!=""}` or `{__name__="viewers"}`), null when it leaves the name
 * open. A pinned name needs no discovery, so such a metric is served from the first second and never fades.
 *
 * @throws InvalidError when it is not a series selector
 */
export function pinnedSeries(seriesQuery: string): string | null {
  const tree = parser.parse(seriesQuery);
  const selector = tree.topNode.firstChild;
  if (hasFault(tree.topNode) || selector?.name !== 'VectorSelector' || selector.nextSibling) {
    throw new InvalidError(
      `"${seriesQuery}" is not a series selector, expected one like {__name__=~"^http_.*",namespace!=""}`,
    );
  }
  const textOf = ({ from, to }: SyntaxNode): string => seriesQuery.slice(from, to);
  const identifier = selector.getChild('Identifier');
  if (identifier) return textOf(identifier);
  for (const matcher of selector.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []) {
    const [label, operator, value] = [
      matcher.getChild('LabelName'),
      matcher.getChild('MatchOp'),
      matcher.getChild('StringLiteral'),
    ];
    if (label && operator && value && textOf(label) === '__name__' && textOf(operator) === '=')
      return plainName(textOf(value));
  }
  return null;
}

const SERIES_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/**
 * Whether a name can stand in PromQL as it is. Names beyond this may hold any character, so that one which a scraped process
 * chose could become PromQL by way of `<<.Series>>`: such series are not served.
 */
export const isSeriesName = (name: string): boolean => SERIES_NAME.test(name);

/** A string literal's content when it is a plain name; null otherwise, then it is discovered like any other. */
function plainName(literal: string): string | null {
  const inside = literal.slice(1, -1);
  return isSeriesName(inside) ? inside : null;
}

function hasFault(node: SyntaxNode): boolean {
  let fault = false;
  node.cursor().iterate((each) => {
    if (each.type.isError) fault = true;
  });
  return fault;
}
