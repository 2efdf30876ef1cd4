import { InvalidError } from '../domain/errors.ts';
import type { Command, Service, Tools } from './command.ts';
import { settingOptions, settingsHelp, settingsOf } from './setting-flags.ts';

/** `tidecaster serve`: the server, and the governor beside it. */
export const serve: Command = {
  name: 'serve',
  summary: 'serve external.metrics.k8s.io, and govern the floors of the HPAs',
  usage: '[--prometheus-url URL --rules FILE] [--policies DIR] [--kubeconfig FILE] [flags]',
  help: `With --prometheus-url and --rules it answers the HPAs' metrics; with --policies it sets their floors. Every replica
serves metrics, the holder of the Lease alone writes. SIGTERM and Ctrl-C end it cleanly.
${settingsHelp}`,
  options: settingOptions,
  async run(input, tools) {
    if (input.positionals.length > 0) throw new InvalidError(`"${input.positionals[0]}" is not understood`);
    const settings = await settingsOf(input, tools);
    if ((settings.prometheusUrl === undefined) !== (settings.rules === undefined)) {
      throw new InvalidError('--prometheus-url and --rules go together, only one is set');
    }
    if (settings.rules === undefined && settings.policies === undefined) {
      throw new InvalidError('nothing to do, expected --prometheus-url and --rules, or --policies, or both');
    }
    return runUntilSignal(await tools.serve(settings), tools);
  },
};

/** Prints where the service listens, waits for a signal or for the service to fail, and closes it. */
export async function runUntilSignal(service: Service, { signal, stderr }: Tools): Promise<number> {
  for (const line of service.lines) stderr(`${line}\n`);
  const asked = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    await Promise.race([asked, service.done]);
  } finally {
    await service.close();
  }
  return 0;
}
