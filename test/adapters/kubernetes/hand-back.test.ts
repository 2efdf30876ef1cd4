/** Races of a hand-back that the contract on a real API server (test/e2e) does not reach. */
import { jest } from '@jest/globals';
import { kubernetesCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import { ConflictError, ForbiddenError, UnavailableError, describeError } from '../../../src/domain/errors.ts';
import type { Cluster } from '../../../src/ports/cluster.ts';
import { type Answer, FakeApiServer, type Received, failure, status } from './fake-api-server.ts';

let server: FakeApiServer;
let cluster: Cluster;
beforeEach(async () => {
  server = await FakeApiServer.start();
  cluster = kubernetesCluster(await server.client());
});
afterEach(() => server[Symbol.asyncDispose]());

const target = { namespace: 'ns', name: 'hpa' };
const floor = { target, uid: 'u-1', minReplicas: 3, restoreMinReplicas: 3 };
const ours = { manager: 'tidecaster', operation: 'Apply' };
const git = { manager: 'git', operation: 'Apply' };

describe('handBack', () => {
  /** Answers reads with these managers in turn (the last for ever), and patches as told. */
  function managed(states: object[][], patched: (number: number) => Answer): void {
    let reads = 0;
    let patches = 0;
    const metadata = (managedFields: object[]): object => ({
      ...target,
      uid: 'u-1',
      managedFields,
      annotations: { 'tidecaster.io/restore-min-replicas': '3' },
    });
    server.answer = ({ method }) => {
      if (method === 'PATCH') return patched((patches += 1));
      const managedFields = states[Math.min(reads, states.length - 1)] ?? [];
      reads += 1;
      return { code: 200, body: { items: [{ metadata: metadata(managedFields), spec: { minReplicas: 3 } }] } };
    };
  }
  const jsonPatches = (): Received[] => server.received.filter(({ contentType }) => contentType.includes('json-patch'));
  const refused = status(422, 'the server rejected our request due to an error in our request');

  it('tests who it is before it removes entry and annotation, in one patch', async () => {
    managed([[git, ours]], () => ({ code: 200, body: {} }));
    await cluster.handBack(floor);
    expect(jsonPatches().map(({ body }) => body)).toEqual([
      [
        { op: 'test', path: '/metadata/uid', value: 'u-1' },
        { op: 'test', path: '/spec/minReplicas', value: 3 },
        { op: 'test', path: '/metadata/managedFields/1/manager', value: 'tidecaster' },
        { op: 'test', path: '/metadata/managedFields/1/operation', value: 'Apply' },
        { op: 'remove', path: '/metadata/managedFields/1' },
        { op: 'remove', path: '/metadata/annotations/tidecaster.io~1restore-min-replicas' },
      ],
    ]);
  });

  it('empties the list with [{}] where it is the only entry, because the API server ignores []', async () => {
    managed([[ours]], () => ({ code: 200, body: {} }));
    await cluster.handBack(floor);
    expect(jsonPatches()[0]?.body).toContainEqual({ op: 'replace', path: '/metadata/managedFields', value: [{}] });
  });

  it('looks again when an entry before ours came in between', async () => {
    managed(
      [
        [ours, git],
        [git, ours],
      ],
      (number) => (number === 1 ? refused : { code: 200, body: {} }),
    );
    await cluster.handBack(floor);
    const paths = jsonPatches().map(({ body }) => (body as { path: string }[])[2]?.path);
    expect(paths).toEqual(['/metadata/managedFields/0/manager', '/metadata/managedFields/1/manager']);
  });

  it('writes the restore value again when a server wrote its floor in between, and only then lets go', async () => {
    const entries = { ...target, uid: 'u-1', managedFields: [ours] };
    const standing = [3, 5];
    let floorNow = 3;
    server.answer = ({ method, contentType }) => {
      if (method !== 'PATCH') floorNow = standing.shift() ?? floorNow;
      else if (contentType.includes('apply-patch')) floorNow = 3;
      else if (standing.length > 0) return refused;
      const hpa = { metadata: entries, spec: { minReplicas: floorNow } };
      return { code: 200, body: method === 'PATCH' ? hpa : { items: [hpa] } };
    };
    await cluster.handBack(floor);
    const kinds = server.received.filter(({ method }) => method === 'PATCH').map(({ contentType }) => contentType);
    expect(kinds.map((kind) => (kind.includes('apply-patch') ? 'apply' : 'json patch'))).toEqual([
      'json patch',
      'apply',
      'json patch',
    ]);
  });

  it('is content when our entry is gone on the second look', async () => {
    managed([[ours, git], [git]], () => refused);
    await cluster.handBack(floor);
    expect(jsonPatches()).toHaveLength(1);
  });

  it('gives up with a conflict when it is overtaken again and again', async () => {
    managed([[git, ours]], () => refused);
    expect(await failure(cluster.handBack(floor))).toBeInstanceOf(ConflictError);
    expect(jsonPatches()).toHaveLength(4);
  });

  it('writes nothing any more when the answers came so late that the lease may be lost', async () => {
    managed([[git, ours]], () => ({ code: 200, body: {} }));
    const quick = jest.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(1_000);
    const error = await failure(cluster.handBack(floor));
    quick.mockRestore();
    expect(error).toBeInstanceOf(UnavailableError);
    expect(describeError(error)).toContain('too slow');
    expect(jsonPatches()).toHaveLength(0);
  });

  it('does not try again what is forbidden', async () => {
    managed([[git, ours]], () => status(403, 'no'));
    expect(await failure(cluster.handBack(floor))).toBeInstanceOf(ForbiddenError);
    expect(jsonPatches()).toHaveLength(1);
  });
});
