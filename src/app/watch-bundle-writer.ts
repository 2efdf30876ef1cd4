import { mayWriteBundle } from '../domain/bundle-writers.ts';
import { describeError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ServingRecorder } from '../ports/serving-recorder.ts';
import type { TrustAnchor } from '../ports/serving-certificate.ts';
import { type Repeating, repeat } from './repeat.ts';

export type WatchBundleWriterOptions = {
  anchor: Pick<TrustAnchor, 'name' | 'read'>;
  clock: Clock;
  log: Log;
  recorder: ServingRecorder;
};

const LOOK_SECONDS = 15;

/**
 * Says who else writes the caBundle that the API server knows us by, and writes nothing itself: two writers in turns would break
 * each other again and again. Closing ends it.
 */
export function watchBundleWriter({ anchor, clock, log, recorder }: WatchBundleWriterOptions): Repeating {
  let before: string | null = null;
  let unread = '';

  function tell(manager: string | null): void {
    recorder.bundleWrittenBy(manager);
    if (manager === before) return;
    before = manager;
    if (manager === null) log.info({ where: anchor.name }, 'nobody else writes the caBundle any more');
    else log.warn({ where: anchor.name, manager }, 'somebody else writes the caBundle: the API server may refuse us');
  }

  return repeat(
    clock,
    () => LOOK_SECONDS,
    async () => {
      try {
        const { otherWriter } = await anchor.read();
        unread = '';
        tell(otherWriter === null || mayWriteBundle(otherWriter) ? null : otherWriter);
      } catch (error) {
        const why = describeError(error);
        if (why !== unread) log.warn({ where: anchor.name, error: why }, 'cannot see who writes the caBundle');
        unread = why;
      }
    },
  );
}
