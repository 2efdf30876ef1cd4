import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ServingRecorder } from '../ports/serving-recorder.ts';

/** Tells the serving of metrics to /metrics. */
export function servingMetrics(registry: Registry): ServingRecorder {
  const registers = [registry];
  const requests = new Counter({
    name: 'tidecaster_api_requests_total',
    help: 'Requests to the metrics API by status code; health endpoints are not counted.',
    labelNames: ['code'],
    registers,
  });
  const reads = new Counter({
    name: 'tidecaster_metric_reads_total',
    help: 'Reads of a metric by where the numbers came from: memory, a query, a query that was on its way (joined), or none within a second (late).',
    labelNames: ['from'],
    registers,
  });
  const ages = new Histogram({
    name: 'tidecaster_served_age_seconds',
    help: 'Age of the numbers of reads, since their query was sent.',
    buckets: [0.5, 1, 2.5, 5, 7.5, 10, 12.5, 15, 20, 30, 60],
    registers,
  });
  const queries = new Histogram({
    name: 'tidecaster_query_duration_seconds',
    help: 'Queries to backends by result: ok, refused (the query is wrong, or its answer too large), unavailable.',
    labelNames: ['result'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const neighbour = new Histogram({
    name: 'tidecaster_neighbour_read_duration_seconds',
    help: 'Reads handed to the neighbour by result: ok, status (an error that it answered), error (no answer), full (not asked).',
    labelNames: ['result'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3],
    registers,
  });
  const writers = new Gauge({
    name: 'tidecaster_bundle_other_writer',
    help: '1 while somebody else writes the caBundle that the API server knows us by; manager is its field manager.',
    labelNames: ['manager'],
    registers,
  });
  const demand = new Gauge({
    name: 'tidecaster_wanted_keys',
    help: 'Keys whose numbers are kept in memory, by who wants them: hpas, or reads alone.',
    labelNames: ['by'],
    registers,
  });
  const evicted = new Counter({
    name: 'tidecaster_evicted_keys_total',
    help: 'Keys of reads that the limits on demand have put out.',
    registers,
  });
  const shed = new Counter({
    name: 'tidecaster_shed_total',
    help: 'What was left out because a backend is slow: a round of refreshing, or a query for a read.',
    labelNames: ['what'],
    registers,
  });
  const questions = new Gauge({
    name: 'tidecaster_refreshed_questions',
    help: 'Questions that the last round of refreshing asked, by how: together with others in one query, or alone.',
    labelNames: ['asked'],
    registers,
  });
  const strays = new Counter({
    name: 'tidecaster_stray_rows_total',
    help: 'Rows of shared queries that the query does not ask for, such as those of another namespace; dropped.',
    registers,
  });
  const compared = new Counter({
    name: 'tidecaster_compared_questions_total',
    help: 'Questions of shared queries that were asked alone as well, at the same instant, by result: equal or mismatch.',
    labelNames: ['result'],
    registers,
  });
  const rules = new Gauge({ name: 'tidecaster_rules', help: 'Metric rules in force.', registers });
  const problems = new Gauge({
    name: 'tidecaster_rules_problems',
    help: 'Faults in the rules file as it stands; while there are any, the last good rules are in force.',
    registers,
  });
  return {
    answered: (code) => requests.inc({ code }),
    queried: (seconds, result) => queries.observe({ result }, seconds),
    read: (from) => reads.inc({ from }),
    bundleWrittenBy(manager) {
      writers.reset();
      if (manager !== null) writers.set({ manager }, 1);
    },
    neighbourAsked: (seconds, result) => neighbour.observe({ result }, seconds),
    served: (seconds) => ages.observe(seconds),
    wanted({ hpas, reads, evicted: now }) {
      demand.set({ by: 'hpas' }, hpas);
      demand.set({ by: 'reads' }, reads);
      evicted.inc(now);
    },
    shed: (what) => shed.inc({ what }),
    asked({ together, alone }) {
      questions.set({ asked: 'together' }, together);
      questions.set({ asked: 'alone' }, alone);
    },
    strays: (rows) => strays.inc(rows),
    compared: (result) => compared.inc({ result }),
    rulesInForce(count, faults) {
      rules.set(count);
      problems.set(faults);
    },
  };
}
