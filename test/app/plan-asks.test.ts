import { expect, it } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { setImmediate } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { createKnown } from '../../src/app/known.ts';
import { createAskPlanner } from '../../src/app/plan-asks.ts';
import { createBatching } from '../../src/domain/batch/batching.ts';
import { questionOf } from '../../src/domain/rules/metric-rule.ts';
import { aRule } from '../domain/rules/a-rule.ts';
import { aSource } from './a-source.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it('keeps nothing of rules that are gone: a rules file that is changed again and again makes nothing grow', async () => {
  const source = aSource();
  const { planAsks } = createAskPlanner({ batching: createBatching(), recorder: { strays: () => {} } });
  const plan = (): WeakRef<object> => {
    const rule = aRule();
    const knowns = ['a', 'b'].map((namespace) => {
      const question = questionOf(rule, { series: 'm', namespace, requirements: [] });
      return createKnown({ source, text: namespace, question });
    });
    expect(planAsks(knowns)).toHaveLength(1);
    return new WeakRef(rule);
  };
  const before = plan();
  const now = plan();
  // what a WeakRef was made of stays until the job is over
  await setImmediate();
  collectGarbage();
  expect(before.deref()).toBeUndefined();
  expect(now.deref()).toBeUndefined();
  // it is still there itself
  plan();
});
