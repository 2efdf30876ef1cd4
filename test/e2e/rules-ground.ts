import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY, type Tidecaster } from '../controlplane/tidecaster.ts';
import { type Ended, tidecasterCommand } from './command.ts';
import type { Environment } from './environment.ts';
import { eventually } from './eventually.ts';
import { PolicyFolder } from './fixture.ts';

/** The rules of the platform. */
export const SHIPPED = join(REPOSITORY, 'k8s-manifests/autoscaling/custom-metrics.yaml');
export const VIEWERS = 6000;
export const GROUP = '/apis/external.metrics.k8s.io/v1beta1';
export const EXTERNAL = `${GROUP}/namespaces/streaming`;
export const OURS = `${EXTERNAL}/concurrent_viewers?labelSelector=service%3Dstreaming-service`;

/** A running Tidecaster that reads a copy of the platform's rules, and the commands about it. */
export type RulesGround = {
  folder: string;
  rulesFile: string;
  policies: PolicyFolder;
  tidecaster: Tidecaster;
  /** `tidecaster rules ...`, to its end. */
  rules(...args: string[]): Promise<Ended>;
};

/** Starts it, and waits until the viewers of streaming-service can be read through the API server. */
export async function startRulesGround(environment: Environment, name: string): Promise<RulesGround> {
  const { shared, controlPlane } = environment;
  const folder = join(shared.folder, name);
  const rulesFile = join(folder, 'rules.yaml');
  mkdirSync(folder, { recursive: true });
  const policies = new PolicyFolder(folder);
  writeFileSync(rulesFile, readFileSync(SHIPPED));
  await environment.setViewers('streaming-service', VIEWERS);
  const tidecaster = await environment.tidecaster({ flags: { rules: rulesFile, policies: policies.path } });
  await tidecaster.start();
  await eventually(async () => {
    expect(await environment.prometheus('sum(concurrent_viewers{service="streaming-service"})')).toBe(VIEWERS);
    expect(await controlPlane.api.send({ path: OURS })).toMatchObject({ status: 200, body: { items: [{}] } });
  });
  const rules = (...args: string[]): Promise<Ended> => tidecasterCommand(['rules', ...args], shared.access.kubeconfig);
  return { folder, rulesFile, policies, tidecaster, rules };
}
