/** Who asks: k8s.io/apiserver's user.Info. */
export type User = {
  name: string;
  /** '' where none is known. */
  uid: string;
  groups: readonly string[];
  extra: Readonly<Record<string, readonly string[]>>;
};

/** A user, and who says that it is this one. front-proxy: the API server, which has also authorized the very request before it passed it on. */
export type Identity = { user: User; vouchedBy: 'front-proxy' | 'certificate' | 'token' | 'nobody' };

/** Who shows no credentials at all. One who shows bad ones is refused instead. */
export const ANONYMOUS: Identity = {
  user: { name: 'system:anonymous', uid: '', groups: ['system:unauthenticated'], extra: {} },
  vouchedBy: 'nobody',
};

/** May do everything, without a review. */
export const MASTERS = 'system:masters';

const AUTHENTICATED = 'system:authenticated';

/** The user as one of those who are known by name. A front proxy passes anonymous users on as what they are. */
export function authenticated(user: User): User {
  const { name, groups } = user;
  if (name === ANONYMOUS.user.name || groups.includes(AUTHENTICATED) || groups.includes('system:unauthenticated')) {
    return user;
  }
  return { ...user, groups: [...groups, AUTHENTICATED] };
}
