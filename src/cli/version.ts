import type { Command } from './command.ts';
import { outputFormat, outputOption, render } from './output.ts';

/** `tidecaster version`: also the zone data, because schedules are only as right as they are. */
export const version: Command = {
  name: 'version',
  summary: 'print the version, and the release of the time-zone data',
  usage: '[-o table|json|yaml]',
  help: 'Schedules are read with the zone data that this Node carries: an old release does not know the newest DST rules.',
  options: outputOption,
  async run({ values }, { build, stdout }) {
    const text = `tidecaster ${build.version} (Node ${build.node}, zone data ${build.zoneData})\n`;
    stdout(render(build, outputFormat(values.output), () => text));
    return 0;
  },
};
