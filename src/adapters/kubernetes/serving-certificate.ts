import { ApiregistrationV1Api, CoreV1Api } from '@kubernetes/client-node';
import { NotFoundError } from '../../domain/errors.ts';
import type { CertificateStore, ServingCertificate, TrustAnchor } from '../../ports/serving-certificate.ts';
import { bundleWriter } from './bundle-writer.ts';
import { type KubernetesClient, applying } from './client.ts';
import { request } from './errors.ts';

/** Owns the data of the Secret and spec.caBundle of the APIServices, so that Git owns the rest. */
const FIELD_MANAGER = 'tidecaster-certs';

/**
 * The serving certificate in a Secret: tls.crt, tls.key, ca.crt. Its type is left alone: a type cannot change.
 *
 * RBAC: `get` and `patch` on secrets, and `create` where the Secret may be missing; all restricted to this one by
 * resourceNames in a Role of its namespace (a server-side apply names what it creates).
 */
export function kubernetesCertificateStore(
  client: KubernetesClient,
  secret: { namespace: string; name: string },
): CertificateStore {
  const api = new CoreV1Api(client.configuration);
  const name = `Secret ${secret.namespace}/${secret.name}`;

  return {
    name,
    async read() {
      try {
        const { data = {}, metadata } = await request(`read ${name}`, api.readNamespacedSecret(secret));
        return { certificate: servingCertificate(data), version: metadata?.resourceVersion ?? null };
      } catch (error) {
        if (error instanceof NotFoundError) return { certificate: null, version: null };
        throw error;
      }
    },
    async write({ certificatePem, privateKeyPem, caPem }, { version }) {
      const body = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { ...secret, ...(version === null ? {} : { resourceVersion: version }) },
        data: { 'tls.crt': base64(certificatePem), 'tls.key': base64(privateKeyPem), 'ca.crt': base64(caPem) },
      };
      const call = { ...secret, body, fieldManager: FIELD_MANAGER, force: true };
      await request(`write ${name}`, api.patchNamespacedSecret(call, applying()));
    },
  };
}

/**
 * spec.caBundle of an APIService, and nothing else of it. The apply carries uid and resourceVersion: it never creates, and is
 * refused where somebody wrote in between.
 *
 * RBAC: `get` and `patch` on apiservices.apiregistration.k8s.io, restricted to these by resourceNames in a ClusterRole.
 */
export function kubernetesTrustAnchor(client: KubernetesClient, apiService: string): TrustAnchor {
  const api = new ApiregistrationV1Api(client.configuration);
  const name = `APIService ${apiService}`;

  return {
    name,
    async read() {
      const found = await request(`read ${name}`, api.readAPIService({ name: apiService }));
      const { uid = '', resourceVersion = '', managedFields = [] } = found.metadata ?? {};
      const writer = bundleWriter(managedFields);
      const otherWriter = writer === FIELD_MANAGER ? null : writer;
      return { caPem: text(found.spec?.caBundle), otherWriter, uid, version: resourceVersion };
    },
    async write(caPem, { uid, version }) {
      const body = {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: apiService, uid, resourceVersion: version },
        spec: { caBundle: base64(caPem) },
      };
      const call = { name: apiService, body, fieldManager: FIELD_MANAGER, force: true };
      await request(`apply caBundle to ${name}`, api.patchAPIService(call, applying()));
    },
  };
}

function servingCertificate(data: Readonly<Record<string, string>>): ServingCertificate | null {
  const [certificatePem, privateKeyPem, caPem] = [text(data['tls.crt']), text(data['tls.key']), text(data['ca.crt'])];
  return certificatePem === '' ? null : { certificatePem, privateKeyPem, caPem };
}

const base64 = (pem: string): string => Buffer.from(pem).toString('base64');
const text = (value = ''): string => Buffer.from(value, 'base64').toString('utf8');
