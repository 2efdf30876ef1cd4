import { parseArgs } from 'node:util';
import type { V1APIService, V1Deployment, V1PodSpec, V1Service } from '@kubernetes/client-node';
import { serve } from '../../src/cli/serve.ts';
import { type Manifest, deployments, ofKind, services } from './manifests.ts';

const named = <T extends V1Deployment | V1Service>(all: Manifest<T>[]): T =>
  all.find(({ object }) => object.metadata?.name === 'tidecaster')!.object;

/** What apiservice/ has of each: the Deployment, its pod, its Service and its APIServices. */
export const deployment = named(deployments);
export const service = named(services);
export const apiServices: V1APIService[] = ofKind<V1APIService>('APIService')
  .filter(({ file }) => file.startsWith('apiservice/base/'))
  .map(({ object }) => object);
export const apiServiceNames: string[] = apiServices.map(({ metadata }) => metadata!.name!);
export const namespace: string = deployment.metadata!.namespace!;
export const pod: V1PodSpec = deployment.spec!.template.spec!;
export const args: string[] = pod.containers[0]!.args!;
/** The Secret that the pod has its certificate of. */
export const servingSecret: string = pod.volumes!.find(({ name }) => name === 'certs')!.secret!.secretName!;

/** Reads the flags of a container's args as the program itself does: one that the command does not have is refused. */
export function flagsOf([, ...flags]: readonly string[], options: typeof serve.options): Record<string, string> {
  const { values } = parseArgs({ args: flags, options, strict: true, allowPositionals: false });
  return values as Record<string, string>;
}

export const serveFlags = flagsOf(args, serve.options);
