import { createModelPlatform } from '../../../src/adapters/model/platform.ts';
import { metricsSourceContract } from '../../contract/metrics-source.ts';
import { settableClock } from './settable-clock.ts';

metricsSourceContract('the model platform', async () => {
  const { metrics } = createModelPlatform({ clock: settableClock(), seed: 1 });
  return { source: metrics, metric: 'concurrent_viewers', label: 'pod', close: async () => {} };
});
