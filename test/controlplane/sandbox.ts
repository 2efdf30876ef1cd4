/**
 * `npm run sandbox`: the platform on this machine, real but for the workloads, until Ctrl-C. See README.md.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Platform, startPlatform } from './platform.ts';
import { tail } from './processes.ts';
import { Tidecaster } from './tidecaster.ts';

const progress = (line: string): void => console.error(line);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

try {
  const platform = await startPlatform({ progress, hpaSyncSeconds: 5, scrapeSeconds: 5, signal: stop.signal });
  try {
    await run(platform);
  } finally {
    progress('stopping ...');
    await platform.stop();
  }
} catch (error) {
  if (!stop.signal.aborted) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

async function run(platform: Platform): Promise<void> {
  const { controlPlane, processes, folder, address, prometheusUrl } = platform;
  const home = join(folder, 'tidecaster');
  const tidecaster = await Tidecaster.prepare({ controlPlane, processes, folder: home, address, prometheusUrl });
  const { pid } = await tidecaster.start();
  progress('waiting until the API server has found it, at most half a minute ...');
  await isAvailable(controlPlane);
  console.log(welcome(platform, tidecaster, pid));

  let told: string | null = null;
  const tell = (trouble: string | null): void => {
    if (trouble !== null && trouble !== told) console.error(trouble);
    told = trouble;
  };
  let ended = false;
  processes.onUnexpectedEnd = ({ name, log }, how) => {
    console.error(`${name} ended (${how}):\n${tail(log, 5)}`);
    if (name === 'tidecaster') {
      ended = true;
    } else {
      process.exitCode = 1;
      stop.abort();
    }
  };
  // the kubelet's part: what changes in a ConfigMap or Secret reaches the process, and one that ends is started again
  while (!stop.signal.aborted) {
    await sleep(1000, null, { signal: stop.signal }).catch(() => null);
    if (stop.signal.aborted) break;
    await tidecaster.pod.refresh().then(
      () => tell(null),
      (error: unknown) => tell(`volumes stay as they are: ${String(error)}`),
    );
    if (!ended) continue;
    ended = false;
    await tidecaster.start().then(
      (again) => console.error(`tidecaster runs again, pid ${again.pid}`),
      (error: unknown) => {
        console.error(String(error));
        ended = true;
      },
    );
  }
}

/** The aggregator looks every 30 s whether an APIService answers. */
async function isAvailable({ kubectl }: Platform['controlPlane']): Promise<void> {
  const services = ['external', 'custom'].map((group) => `apiservice/v1beta1.${group}.metrics.k8s.io`);
  const all = [...services, 'apiservice/v1beta1.metrics.k8s.io'];
  await kubectl(['wait', '--for=condition=Available', ...all, '--timeout=60s']);
}

function welcome(platform: Platform, tidecaster: Tidecaster, pid: number): string {
  const { controlPlane, prometheusUrl, simulatorUrl, folder } = platform;
  return `
export KUBECONFIG=${controlPlane.kubeconfig}

kubectl          ${controlPlane.kubectlBinary}
page, /metrics   ${tidecaster.httpUrl}
Prometheus       ${prometheusUrl}
logs             ${folder}/log

Try:
  kubectl get apiservice v1beta1.external.metrics.k8s.io
  kubectl get --raw '/apis/external.metrics.k8s.io/v1beta1/namespaces/streaming/concurrent_viewers?labelSelector=service%3Dstreaming-service'
  kubectl get --raw '/apis/custom.metrics.k8s.io/v1beta2/namespaces/streaming/pods/*/concurrent_viewers'
  kubectl top pods -n streaming                                        # once cpu has been scraped for a while
  kubectl get hpa -n streaming --watch
  curl -X PUT ${simulatorUrl}/viewers/streaming-service -d 60000     # a surge; -X DELETE ends it
  curl -X PUT ${simulatorUrl}/cores/streaming-service -d 12            # few viewers, much cpu
  kubectl edit configmap tidecaster-policies -n tidecaster-system      # a floor, in force within seconds
  kubectl apply -k policies                                            # the same after editing a file in policies/
  kill -9 ${pid}                                                        # Tidecaster; it is started again as a kubelet would

Ctrl-C stops everything and leaves nothing behind.`;
}
