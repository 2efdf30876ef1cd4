import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { type Hpa, hpaPath, readHpa } from './hpa.ts';

/** Where fixtures live: the namespace whose viewers the rules can answer for. */
export const NAMESPACE = 'streaming';

/** A Deployment and an HPA of a test's own, applied by Git's manager. Its metric always asks for one replica: the floor rules. */
export class Fixture {
  readonly name: string;
  readonly #controlPlane: ControlPlane;

  constructor(controlPlane: ControlPlane, name: string) {
    this.#controlPlane = controlPlane;
    this.name = name;
  }

  async create(minReplicas: number): Promise<void> {
    await this.#apply(this.#deployment(), this.#hpa(minReplicas));
  }

  /** Git applies its HPA, with a floor, or without one where a policy rules it. @throws KubectlError with a conflict */
  async git(minReplicas: number | null): Promise<void> {
    await this.#apply(this.#hpa(minReplicas));
  }

  #deployment(): object {
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: this.name, namespace: NAMESPACE },
      spec: {
        selector: { matchLabels: { app: this.name } },
        template: {
          metadata: { labels: { app: this.name } },
          spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image: 'none:1' }] },
        },
      },
    };
  }

  #hpa(minReplicas: number | null): object {
    return {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: this.name, namespace: NAMESPACE },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: this.name },
        ...(minReplicas !== null && { minReplicas }),
        maxReplicas: 20,
        metrics: [
          {
            type: 'External',
            external: {
              metric: { name: 'concurrent_viewers', selector: { matchLabels: { service: 'streaming-service' } } },
              target: { type: 'AverageValue', averageValue: '1G' },
            },
          },
        ],
        behavior: {
          scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: 100, periodSeconds: 1 }] },
        },
      },
    };
  }

  async delete(): Promise<void> {
    for (const path of [
      hpaPath(NAMESPACE, this.name),
      `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${this.name}`,
    ]) {
      await this.#controlPlane.api.send({ method: 'DELETE', path });
    }
  }

  hpa(): Promise<Hpa> {
    return readHpa(this.#controlPlane.api, NAMESPACE, this.name);
  }

  async floor(): Promise<number> {
    return (await this.hpa()).spec?.minReplicas ?? 1;
  }

  async replicas(): Promise<number> {
    return (await this.hpa()).status?.currentReplicas ?? 0;
  }

  /** Somebody with kubectl. */
  async setFloorByHand(minReplicas: number): Promise<void> {
    const patch = JSON.stringify({ spec: { minReplicas } });
    await this.#controlPlane.kubectl(['patch', 'hpa', this.name, '-n', NAMESPACE, '--type=merge', '-p', patch]);
  }

  async #apply(...items: object[]): Promise<void> {
    await this.#controlPlane.kubectl(
      ['apply', '--server-side', '--field-manager=git', '-f', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    );
  }
}

export type Schedule = { name: string; start: string; end: string; minReplicas: number };

/** The text of a policy file for a fixture. */
export function policyText(name: string, spec: { minReplicas: number; schedules?: Schedule[] }): string {
  return stringify({
    apiVersion: 'streaming.io/v1alpha1',
    kind: 'AutoscalingPolicy',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      targetRef: { kind: 'HorizontalPodAutoscaler', name },
      timeZone: 'Etc/UTC',
      maxReplicas: 20,
      ...spec,
    },
  });
}

/** A folder of policy files that a test writes by hand. */
export class PolicyFolder {
  readonly path: string;

  constructor(parent: string) {
    mkdirSync(parent, { recursive: true });
    this.path = mkdtempSync(join(parent, 'policies-'));
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.path, file), text);
  }

  remove(file: string): void {
    rmSync(join(this.path, file));
  }

  clear(): void {
    for (const file of readdirSync(this.path)) this.remove(file);
  }
}
