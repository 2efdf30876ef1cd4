import type { User } from './user.ts';

/** What a request does, in the words that Kubernetes authorizes by. */
export type Attributes =
  | {
      type: 'resource';
      verb: string;
      group: string;
      version: string;
      /** '' where it is of no namespace, or of all. */
      namespace: string;
      resource: string;
      subresource: string;
      name: string;
    }
  | { type: 'path'; verb: string; path: string };

/** Paths below a namespace that are the namespace's own, so that a metric of such a name cannot be read. */
export const NAMESPACE_SUBRESOURCES = ['status', 'finalize'];

/** First words of a path that are verbs, so that no resource of such a name can be read. */
export const SPECIAL_VERBS = ['proxy', 'watch'];

const VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/**
 * What k8s.io/apiserver's RequestInfo makes of a request; segments: its path, split and decoded. A read without a name is a
 * `list`, so a read of an external metric is `list` on a resource of the metric's name, and one of a custom metric is `get` on
 * a subresource of that name. Left out are `watch=`, `labelSelector=` and `fieldSelector=`, by which the library asks for less
 * than the whole: nothing is watched here, and who may read all may read a part.
 */
export function attributesOf(method: string, segments: readonly string[]): Attributes {
  const [prefix, group = '', version = '', ...rest] = segments;
  const [first, ...others] = rest;
  if (prefix !== 'apis' || first === undefined) {
    return { type: 'path', verb: method.toLowerCase(), path: `/${segments.join('/')}` };
  }
  const special = SPECIAL_VERBS.includes(first) && others.length > 0;
  const { namespace, parts } = ofNamespace(special ? others : rest);
  const [resource = '', name = '', subresource = ''] = parts;
  const verb = special ? first : verbOf(VERBS[method] ?? '', name);
  return { type: 'resource', verb, group, version, namespace, resource, subresource, name };
}

function ofNamespace(parts: readonly string[]): { namespace: string; parts: readonly string[] } {
  const [first, namespace = '', third] = parts;
  if (first !== 'namespaces') return { namespace: '', parts };
  const inside = third !== undefined && !NAMESPACE_SUBRESOURCES.includes(third);
  return { namespace, parts: inside ? parts.slice(2) : parts };
}

function verbOf(verb: string, name: string): string {
  if (name !== '') return verb;
  if (verb === 'get') return 'list';
  return verb === 'delete' ? 'deletecollection' : verb;
}

/**
 * The right that includes this one: the same verb on every resource of the group in every namespace; null where none is asked
 * for. RBAC grants `*` without a name only by a rule that covers each resource, subresource and name of the group.
 */
export function broadened(attributes: Attributes): Attributes | null {
  if (attributes.type === 'path') return null;
  const { verb, group, version } = attributes;
  return { type: 'resource', verb, group, version, namespace: '', resource: '*', subresource: '', name: '' };
}

/** The library's sentence for who may not, as a Status carries it: `pods.custom.metrics.k8s.io "*" is forbidden: User ...`. */
export function forbiddenText({ name: user }: User, attributes: Attributes, reason: string): string {
  const because = reason === '' ? '' : `: ${reason}`;
  if (attributes.type === 'path') {
    const { verb, path } = attributes;
    return `forbidden: ${escaped(`User ${quoted(user)} cannot ${verb} path ${quoted(path)}`)}${because}`;
  }
  const { verb, group, namespace, resource, subresource, name } = attributes;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${quoted(namespace)}`;
  const sentence = `User ${quoted(user)} cannot ${verb} resource ${quoted(what)} in API group ${quoted(group)} ${where}`;
  const subject = `${resource}.${group}${name === '' ? '' : ` ${quoted(name)}`}`;
  return `${subject} is forbidden: ${escaped(sentence)}${because}`;
}

const quoted = (text: string): string => JSON.stringify(text);

/** So that no message looks like HTML. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
