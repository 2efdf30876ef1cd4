import { InvalidError } from '../domain/errors.ts';
import type { Command } from './command.ts';
import { runUntilSignal } from './serve.ts';
import { settingOptions, settingsHelp, settingsOf } from './setting-flags.ts';

/** `tidecaster demo` (npm start): the whole program against an in-memory platform. */
export const demo: Command = {
  name: 'demo',
  summary: 'the same server and governor against an in-memory platform of six services',
  usage: '[--speed N] [--start TIME] [--prometheus-url URL] [--kubeconfig FILE] [flags]',
  help: `Needs no cluster and no Prometheus: six services with the daily curve of their viewers, and HPAs that are computed by the
HPA controller's own rules. Simulated; the page and the table say so. --prometheus-url and --kubeconfig put the real ones in.
      --speed N                    model seconds that pass in one second (default: 1, at most 600)
      --start TIME                 the model's first instant, ISO 8601 (default: now)
      --prometheus URL             short for --prometheus-url
${settingsHelp}`,
  options: {
    ...settingOptions,
    speed: { type: 'string', default: '1' },
    start: { type: 'string' },
    prometheus: { type: 'string' },
  },
  async run(input, tools) {
    if (input.positionals.length > 0) throw new InvalidError(`"${input.positionals[0]}" is not understood`);
    const speed = Number(input.values.speed);
    if (!(speed >= 1 && speed <= 600))
      throw new InvalidError(`--speed is "${String(input.values.speed)}", expected 1 to 600`);
    const url = input.values['prometheus-url'] ?? input.values.prometheus;
    const settings = await settingsOf({ ...input, values: { ...input.values, 'prometheus-url': url } }, tools);
    const start = typeof input.values.start === 'string' ? input.values.start : undefined;
    if (settings.kubeconfig !== undefined && (speed !== 1 || start !== undefined)) {
      throw new InvalidError('--speed and --start go with the model platform only: a real cluster keeps its own time');
    }
    return runUntilSignal(await tools.demo({ settings, speed, start }), tools);
  },
};
