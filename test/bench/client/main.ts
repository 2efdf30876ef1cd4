/** The load generator's own process: takes a Job from its parent, answers with the Tally, until its parent goes. */
import { type Job, load } from './load.ts';

process.on('message', (job: Job) => void run(job));
process.on('disconnect', () => process.exit());

async function run(job: Job): Promise<void> {
  try {
    process.send?.({ type: 'tally', tally: await load(job) });
  } catch (error) {
    process.send?.({ type: 'error', message: String(error) });
  }
}
