/** One header line; name in lower case. Node's own `headers` joins lines of one name by commas, which group names may have. */
export type HeaderPair = { name: string; value: string };

/** The header lines of a request whose names match, in the order in which they came. rawHeaders: as node:http gives them. */
export function headerPairs(rawHeaders: readonly string[], wanted: RegExp): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (wanted.test(name)) pairs.push({ name: name.toLowerCase(), value: rawHeaders[at + 1]! });
  }
  return pairs;
}
