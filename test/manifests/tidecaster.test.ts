import type { V1CronJob, V1Job } from '@kubernetes/client-node';
import { certs } from '../../src/cli/certs.ts';
import { serve } from '../../src/cli/serve.ts';
import { loadSettings } from '../../src/config/load.ts';
import { idOf, manifests, ofKind, yamlOf } from './manifests.ts';
import {
  apiServiceNames,
  apiServices,
  args,
  flagsOf,
  namespace,
  pod,
  serveFlags,
  service,
  servingSecret,
} from './tidecaster.ts';

describe('the Deployment', () => {
  it('starts a server that the program accepts', () => {
    expect(args[0]).toBe(serve.name);
    const settings = loadSettings({ flags: serveFlags, env: {} });
    expect(settings).toMatchObject({ authentication: 'delegated', bindAddress: '0.0.0.0' });
  });

  it('listens at the ports that it names', () => {
    const ports = pod.containers[0]!.ports!.map(({ name, containerPort }) => [name, String(containerPort)]);
    expect(Object.fromEntries(ports)).toEqual({ https: serveFlags['secure-port'], metrics: serveFlags['http-port'] });
  });

  it('is given folders, so that a changed ConfigMap or Secret reaches it', () => {
    for (const { subPath } of pod.containers[0]!.volumeMounts!) expect(subPath).toBeUndefined();
  });

  it.each(['tls-cert-file', 'tls-private-key-file', 'rules', 'policies'])('finds --%s in a volume', (flag) => {
    const path = serveFlags[flag]!;
    const mount = pod.containers[0]!.volumeMounts!.find(({ mountPath }) => `${path}/`.startsWith(`${mountPath}/`))!;
    const volume = pod.volumes!.find(({ name }) => name === mount.name)!;
    if (volume.secret) {
      expect(volume.secret.items!.map((item) => `${mount.mountPath}/${item.path}`)).toContain(path);
      return;
    }
    const generators = ['policies', 'k8s-manifests/autoscaling'].flatMap(
      (folder) =>
        (
          yamlOf(`${folder}/kustomization.yaml`)[0] as {
            configMapGenerator: { name: string; namespace: string; files: string[] }[];
          }
        ).configMapGenerator,
    );
    const made = generators.find(({ name }) => name === volume.configMap!.name)!;
    expect(made.namespace).toBe(namespace);
    const keys = made.files.map((file) => `${mount.mountPath}/${file.split('=')[0]}`);
    if (path !== mount.mountPath) expect(keys).toContain(path);
  });

  it('keeps its Lease in its own namespace', () => {
    expect(serveFlags['lease-namespace']).toBe('$(NAMESPACE)');
    expect(pod.containers[0]!.env).toEqual([
      { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ]);
  });

  it('holds the Lease under the name of its pod, which a container that starts again keeps', () => {
    expect(serveFlags['identity']).toBe('$(POD_NAME)');
  });
});

describe.each(apiServices)('the APIService $metadata.name', (apiService) => {
  it('verifies the certificate, and leaves caBundle to who makes it', () => {
    expect(apiService.spec).not.toHaveProperty('insecureSkipTLSVerify');
    expect(apiService.spec).not.toHaveProperty('caBundle');
    expect(apiService.metadata!.name).toBe(`${apiService.spec!.version}.${apiService.spec!.group}`);
  });

  it('leads to the https port of the Service', () => {
    const port = service.spec!.ports!.find(({ name }) => name === 'https')!;
    expect(apiService.spec!.service).toEqual({ name: service.metadata!.name, namespace, port: port.port });
  });
});

describe('the certificate', () => {
  const [job] = ofKind<V1Job>('Job').map(({ object }) => object);
  const [cronJob] = ofKind<V1CronJob>('CronJob').map(({ object }) => object);

  it('is made by a Job whose flags the program has', () => {
    const [container] = job!.spec!.template.spec!.containers;
    expect(container!.args![0]).toBe(certs.name);
    expect(flagsOf(container!.args!, certs.options)).toEqual({
      'secret-namespace': '$(NAMESPACE)',
      'secret-name': servingSecret,
      service: service.metadata!.name,
      'service-namespace': '$(NAMESPACE)',
      'api-service': apiServiceNames,
    });
  });

  it('is renewed by the same pod every day', () => {
    expect(cronJob!.spec.jobTemplate.spec!.template).toEqual(job!.spec!.template);
  });

  it('is in a Secret that is there before the Job runs', () => {
    expect(manifests.map(({ object }) => idOf(object))).toContain(`Secret ${namespace}/${servingSecret}`);
  });

  it('has the name that the API server verifies, also by cert-manager', () => {
    type Certificate = { metadata: { name: string }; spec: { secretName: string; dnsNames?: string[] } };
    const certificates = ofKind('Certificate').map(({ object }) => object as unknown as Certificate);
    const serving = certificates.find(({ spec }) => spec.secretName === servingSecret)!;
    expect(serving.spec.dnsNames).toEqual([`${service.metadata!.name}.${namespace}.svc`]);
    const [overlay] = yamlOf('apiservice/overlays/cert-manager/kustomization.yaml') as [
      { patches: { patch: string }[] },
    ];
    expect(overlay.patches[0]!.patch).toContain(
      `cert-manager.io/inject-ca-from: ${namespace}/${serving.metadata.name}`,
    );
  });
});
