import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loopbackAddress } from './address.ts';
import { type Progress, findBinary } from './binaries.ts';
import { startApiServer } from './control-plane.ts';
import { Processes } from './processes.ts';

/**
 * etcd and kube-apiserver with nobody at work in them, on a loopback address and in a folder of their own: what is measured there is
 * of who is started next. All is handed to the stack. name: in the folder's. @throws Error that says what did not start
 */
export async function startQuietPlane(name: string, stack: AsyncDisposableStack, progress: Progress) {
  const binary = (of: Parameters<typeof findBinary>[0]): Promise<string> => findBinary(of, process.env, progress);
  const binaries = {
    etcd: await binary('etcd'),
    'kube-apiserver': await binary('kube-apiserver'),
    kubectl: await binary('kubectl'),
  };
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `tidecaster-${name}-`)));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const processes = new Processes(join(folder, 'log'));
  stack.defer(() => processes.stopAll());
  process.once('exit', () => processes.killAllNow());
  const address = await loopbackAddress();

  progress('starting etcd, kube-apiserver and Prometheus ...');
  // pods without a ServiceAccount controller, as there is none
  const started = await startApiServer({ binaries, processes, folder, address, withoutAdmission: ['ServiceAccount'] });
  stack.defer(() => started.controlPlane.api.close());
  return { ...started, processes, folder, address };
}
