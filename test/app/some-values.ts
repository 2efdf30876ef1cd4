import type { CustomRegistry } from '../../src/app/custom-registry.ts';
import type { MetricRegistry } from '../../src/app/metric-registry.ts';
import { questionsNow } from '../../src/app/questions-now.ts';
import { type Values, type ValuesOptions, createValues } from '../../src/app/values.ts';
import type { Objects } from '../../src/ports/objects.ts';
import { silentServingRecorder } from '../../src/ports/serving-recorder.ts';

type Registries = {
  registry?: Pick<MetricRegistry, 'find'>;
  customRegistry?: Pick<CustomRegistry, 'look'>;
  objects?: Pick<Objects, 'inMemory'>;
};

/** Values over the sources and registries of a test. Cold reads wait for nobody, unless the test says so. */
export function someValues(
  options: Pick<ValuesOptions, 'source' | 'clock'> & Partial<ValuesOptions> & Registries,
): Values {
  const {
    registry = { find: () => ({ type: 'unknown' }) },
    customRegistry = { look: () => ({ type: 'unknown' }) },
    objects = { inMemory: () => null },
    ...rest
  } = options;
  return createValues({
    recorder: silentServingRecorder,
    epochSeconds: () => options.clock.now().toSeconds(),
    questionOf: questionsNow({ registry, customRegistry, objects }),
    maxStalenessSeconds: 10,
    refreshSeconds: 5,
    concurrency: 10,
    gatherMilliseconds: 0,
    ...rest,
  });
}
