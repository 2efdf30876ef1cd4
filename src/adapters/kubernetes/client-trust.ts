import { CoreV1Api } from '@kubernetes/client-node';
import { InvalidError } from '../../domain/errors.ts';
import type { ClientTrustSource } from '../../ports/client-trust.ts';
import { request } from './errors.ts';
import { METADATA, objectMetadata } from './object-metadata.ts';
import { type ReflectorOptions, startReflector } from './reflector.ts';

/** Where every API server publishes how clients are recognised. */
const CONFIG_MAP = { namespace: 'kube-system', name: 'extension-apiserver-authentication' };

/**
 * Reads the CA of ordinary clients and what the API server's front proxy shows, anew at each call: CAs are rotated. Following it
 * is a watch on the one ConfigMap's metadata.
 *
 * RBAC: get, list and watch on configmaps, resourceName extension-apiserver-authentication, in kube-system, as the cluster's own
 * Role extension-apiserver-authentication-reader has it. Lists and watches count as those of a name by their field selector.
 */
export function kubernetesClientTrust(options: ReflectorOptions): ClientTrustSource {
  const { client } = options;
  const api = new CoreV1Api(client.configuration);
  const text = `ConfigMap ${CONFIG_MAP.namespace}/${CONFIG_MAP.name}`;
  return {
    async read() {
      const { data = {} } = await request(`read ${text}`, api.readNamespacedConfigMap(CONFIG_MAP));
      const caPem = data['requestheader-client-ca-file'];
      const list = (key: string): readonly string[] =>
        stringList(data[`requestheader-${key}`], `${text} requestheader-${key}`);
      return {
        clientCaPem: data['client-ca-file'] || null,
        frontProxy: caPem
          ? {
              caPem,
              allowedNames: list('allowed-names'),
              usernameHeaders: list('username-headers'),
              uidHeaders: list('uid-headers'),
              groupHeaders: list('group-headers'),
              extraHeaderPrefixes: list('extra-headers-prefix'),
            }
          : null,
      };
    },
    follow(changed) {
      const what = {
        name: text,
        path: `/api/v1/namespaces/${CONFIG_MAP.namespace}/configmaps`,
        fieldSelector: `metadata.name=${CONFIG_MAP.name}`,
        accept: METADATA,
        read: objectMetadata,
        into: { replace: changed, put: changed, remove: changed },
      };
      return startReflector(what, options);
    },
  };
}

/** A JSON list of strings; a missing key is an empty list, as the API server reads it. */
function stringList(text: string | undefined, where: string): readonly string[] {
  if (text === undefined || text === '') return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new InvalidError(`${where}: expected a JSON list of strings, got ${text}`, { cause });
  }
  if (!Array.isArray(parsed) || !parsed.every((item) => typeof item === 'string')) {
    throw new InvalidError(`${where}: expected a JSON list of strings, got ${text}`);
  }
  return parsed;
}
