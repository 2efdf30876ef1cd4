import type { User } from '../../domain/access/user.ts';
import type { FrontProxyTrust } from '../../ports/client-trust.ts';
import type { HeaderPair } from './header-pairs.ts';

type Names = Omit<FrontProxyTrust, 'caPem' | 'allowedNames'>;

/** The names of headers that say who somebody is, in any case: these are read, and never handed on. */
export function saysWho({ usernameHeaders, uidHeaders, groupHeaders, extraHeaderPrefixes }: Names): RegExp {
  const names = [...usernameHeaders, ...uidHeaders, ...groupHeaders].map(RegExp.escape);
  const prefixes = extraHeaderPrefixes.map((prefix) => `${RegExp.escape(prefix)}.*`);
  return new RegExp(`^(?:${[...names, ...prefixes].join('|')})$`, 'i');
}

/**
 * Whom the front proxy names: k8s.io/apiserver's requestheader authenticator. Only to be asked once its certificate has been
 * verified: without it the headers are what anybody can write. null where no header names a user.
 */
export function namedUser(headers: readonly HeaderPair[], trust: Names): User | null {
  const all = (names: readonly string[]): string[] =>
    names.flatMap((wanted) => {
      const name = wanted.toLowerCase();
      return headers.filter((header) => header.name === name && header.value !== '').map(({ value }) => value);
    });
  // Of a header that comes several times the first counts, also where that one is empty.
  const first = (names: readonly string[]): string =>
    names
      .map((wanted) => headers.find(({ name }) => name === wanted.toLowerCase())?.value ?? '')
      .find((value) => value !== '') ?? '';
  const name = first(trust.usernameHeaders);
  if (name === '') return null;
  return {
    name,
    uid: first(trust.uidHeaders),
    groups: all(trust.groupHeaders),
    extra: extraOf(headers, trust.extraHeaderPrefixes),
  };
}

/** Keys come percent-encoded, in any case. */
function extraOf(headers: readonly HeaderPair[], prefixes: readonly string[]): User['extra'] {
  const extra = new Map<string, string[]>();
  for (const prefix of prefixes.map((one) => one.toLowerCase())) {
    for (const { name, value } of headers) {
      if (!name.startsWith(prefix)) continue;
      const key = decoded(name.slice(prefix.length));
      extra.set(key, [...(extra.get(key) ?? []), value]);
    }
  }
  return Object.fromEntries(extra);
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
