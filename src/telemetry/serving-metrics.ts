import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ServingRecorder } from '../ports/serving-recorder.ts';

/** Tells the serving of metrics to /metrics. */
export function servingMetrics(registry: Registry): ServingRecorder {
  const registers = [registry];
  const requests = new Counter({
    name: 'tidecaster_api_requests_total',
    help: 'Requests to the metrics API by API group and status code; health endpoints are not counted.',
    labelNames: ['group', 'code'],
    registers,
  });
  const durations = new Histogram({
    name: 'tidecaster_api_request_duration_seconds',
    help: 'Time from a request of the metrics API to its answer, by API group.',
    labelNames: ['group'],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 5],
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
    labelNames: ['backend', 'result'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const inFlight = new Gauge({
    name: 'tidecaster_queries_in_flight',
    help: 'Queries that a backend has not answered yet.',
    labelNames: ['backend'],
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
    labelNames: ['what', 'backend'],
    registers,
  });
  const questions = new Gauge({
    name: 'tidecaster_refreshed_questions',
    help: 'Questions that the last round of refreshing asked, by how: together with others in one query, or alone.',
    labelNames: ['asked', 'backend'],
    registers,
  });
  const bisected = new Counter({
    name: 'tidecaster_bisected_queries_total',
    help: 'Queries for many questions that a backend refused, so that they were asked again in halves.',
    labelNames: ['backend'],
    registers,
  });
  const strays = new Counter({
    name: 'tidecaster_stray_rows_total',
    help: 'Rows of shared queries that the query does not ask for, such as those of another namespace; dropped. rule: its path in the rules file.',
    labelNames: ['rule'],
    registers,
  });
  const compared = new Counter({
    name: 'tidecaster_compared_questions_total',
    help: 'Questions of shared queries that were asked alone as well, at the same instant, by result: equal or mismatch. rule: its path in the rules file.',
    labelNames: ['result', 'rule'],
    registers,
  });
  const rules = new Gauge({ name: 'tidecaster_rules', help: 'Metric rules in force.', registers });
  const problems = new Gauge({
    name: 'tidecaster_rules_problems',
    help: 'Faults in the rules file as it stands; while there are any, the last good rules are in force.',
    registers,
  });
  const reloaded = new Gauge({
    name: 'tidecaster_rules_last_reload_success_timestamp_seconds',
    help: 'When the rules file last changed and was without a fault, epoch seconds.',
    registers,
  });
  const reviews = new Histogram({
    name: 'tidecaster_review_duration_seconds',
    help: 'Questions to the API server by kind (token: whose it is; access: who may read) and result (ok; error: it did not say).',
    labelNames: ['kind', 'result'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const trustRead = new Gauge({
    name: 'tidecaster_client_trust_last_read_timestamp_seconds',
    help: 'When the CAs of clients were last read from the cluster, epoch seconds.',
    registers,
  });
  const expires = new Gauge({
    name: 'tidecaster_serving_certificate_expiry_timestamp_seconds',
    help: 'When the serving certificate that is shown ends, epoch seconds.',
    registers,
  });
  return {
    answered({ code, group, seconds }) {
      requests.inc({ group, code });
      durations.observe({ group }, seconds);
    },
    asking: (backend) => inFlight.inc({ backend }),
    queried({ backend, seconds, result }) {
      inFlight.dec({ backend });
      queries.observe({ backend, result }, seconds);
    },
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
    shed: ({ what, backend }) => shed.inc({ what, backend }),
    asked({ backend, together, alone }) {
      questions.set({ asked: 'together', backend }, together);
      questions.set({ asked: 'alone', backend }, alone);
    },
    bisected: (backend) => bisected.inc({ backend }),
    strays: ({ rule, rows }) => strays.inc({ rule }, rows),
    compared: ({ rule, result }) => compared.inc({ result, rule }),
    rulesInForce({ rules: count, problems: faults, at }) {
      rules.set(count);
      problems.set(faults);
      if (faults === 0) reloaded.set(at);
    },
    reviewed: ({ kind, seconds, result }) => reviews.observe({ kind, result }, seconds),
    trustRead: (at) => trustRead.set(at),
    certificateShown: (expiresAt) => expires.set(expiresAt),
  };
}
