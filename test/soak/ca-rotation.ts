import { certificatePem } from '../../src/adapters/certificates/issue.ts';
import { Connection, type Target } from '../bench/client/connection.ts';
import type { ApiClient } from '../controlplane/api-client.ts';
import { HPA_CONTROLLER } from '../differential/adapters.ts';
import { aCa, aClient } from '../server/pki.ts';
import { HPA_CONTROLLER_HEADERS } from '../bench/adapter/ground.ts';
import { CAS_WITHIN } from './bounds.ts';
import { ask } from './load.ts';
import { pause } from './pause.ts';

/** Who reads: through the front proxy, or with a certificate of an ordinary client. Both are the HPA controller. */
export type Readers = { proxied: Target; direct: Target };

/** taken: CAs that were believed in time, and read with from then on. withdrawn: those that were no longer believed in time. late: neither. */
export type RotatedCas = { taken: number; withdrawn: number; late: number };

export type CaRotationOptions = {
  api: ApiClient;
  address: string;
  port: number;
  /** What a reader may read at any time. */
  path: string;
};

const CONFIG_MAP = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';
const FRONT_PROXY = 'front-proxy-client';

type Ca = Awaited<ReturnType<typeof aCa>>;
/** The two kinds of CA, kept apart as in every cluster, and a reader of each. */
type Generation = { frontProxy: Ca; clients: Ca; readers: Readers };

/** The CAs of front proxy and of ordinary clients, and who reads with certificates of theirs now. */
export class CaRotation {
  readonly rotated: RotatedCas = { taken: 0, withdrawn: 0, late: 0 };
  readonly #options: CaRotationOptions;
  #now: Generation;

  private constructor(options: CaRotationOptions, first: Generation) {
    this.#options = options;
    this.#now = first;
  }

  /** Has the first of them believed, before the server is started. */
  static async start(options: CaRotationOptions): Promise<CaRotation> {
    const first = await generation(options);
    await publish(options, [first]);
    return new CaRotation(options, first);
  }

  readers = (): Readers => this.#now.readers;

  /** As it is done in a cluster: the new CA beside the old one, then everybody's certificate, then without the old one. */
  async rotate(over: AbortSignal): Promise<void> {
    while (await pause(1000, over)) {
      const [before, next] = [this.#now, await generation(this.#options)];
      await publish(this.#options, [before, next]);
      if (!(await this.#becomes('taken', { readers: next.readers, code: 200 }, over))) continue;
      this.#now = next;
      // reads that are on their way still show the old certificate
      await pause(2000, over);
      await publish(this.#options, [next]);
      await this.#becomes('withdrawn', { readers: before.readers, code: 401 }, over);
    }
  }

  async #becomes(
    what: 'taken' | 'withdrawn',
    { readers, code }: { readers: Readers; code: number },
    over: AbortSignal,
  ): Promise<boolean> {
    const deadline = performance.now() + CAS_WITHIN * 1000;
    while (await pause(500, over)) {
      const codes = await Promise.all([readers.proxied, readers.direct].map((target) => this.#codeOf(target)));
      const done = codes.every((one) => one === code);
      if (!done && performance.now() < deadline) continue;
      this.rotated[done ? what : 'late']++;
      return done;
    }
    return false;
  }

  /** On a connection of its own, so that nothing is known of it. */
  async #codeOf(target: Target): Promise<number | null> {
    const connection = new Connection(target);
    try {
      const outcome = await ask(connection, this.#options.path);
      return outcome.type === 'answer' ? outcome.code : null;
    } finally {
      connection.close();
    }
  }
}

async function generation({ address, port }: CaRotationOptions): Promise<Generation> {
  const [frontProxy, clients] = await Promise.all([aCa(), aCa()]);
  const target = async (ca: Ca, name: string, headers: Target['headers']): Promise<Target> => {
    const { certificatePem: certificate, privateKeyPem: key } = await aClient(ca, name);
    return { address, port, client: { certificate, key }, headers };
  };
  return {
    frontProxy,
    clients,
    readers: {
      proxied: await target(frontProxy, FRONT_PROXY, HPA_CONTROLLER_HEADERS),
      direct: await target(clients, HPA_CONTROLLER, {}),
    },
  };
}

/** kube-apiserver puts its own CAs beside them again, as they are still in its files. */
async function publish({ api }: CaRotationOptions, generations: readonly Generation[]): Promise<void> {
  const bundle = (kind: 'frontProxy' | 'clients'): string =>
    generations.map((one) => certificatePem(one[kind])).join('');
  await api.ask({
    method: 'PATCH',
    path: CONFIG_MAP,
    contentType: 'application/merge-patch+json',
    body: { data: { 'requestheader-client-ca-file': bundle('frontProxy'), 'client-ca-file': bundle('clients') } },
  });
}
