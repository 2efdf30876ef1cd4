type Metric = { type: 'gauge' | 'counter'; help: string };

/** Every metric that the services export of themselves. */
export const SERVICE_METRICS = {
  concurrent_viewers: { type: 'gauge', help: 'Viewers that are watching now.' },
  video_quality_score: { type: 'gauge', help: 'Picture quality that viewers get, 0 to 100.' },
  buffering_events_total: { type: 'counter', help: 'Stalls that viewers saw.' },
  streaming_egress_bytes_total: { type: 'counter', help: 'Bytes sent to the gateways.' },
  storage_io_bytes_total: { type: 'counter', help: 'Bytes read from and written to storage.' },
  cdn_bytes_total: { type: 'counter', help: 'Bytes sent to viewers, by whether the cache had them.' },
  http_requests_total: { type: 'counter', help: 'Requests answered.' },
  recommendation_accuracy: { type: 'gauge', help: 'Share of recommendations that hit, 0 to 1.' },
} as const satisfies Record<string, Metric>;

/** What a kubelet exports of its containers: the two families of cAdvisor that say cpu and memory, in cAdvisor's names. */
export const CONTAINER_METRICS = {
  container_cpu_usage_seconds_total: { type: 'counter', help: 'Seconds of cpu time that were used.' },
  container_memory_working_set_bytes: { type: 'gauge', help: 'Memory that is in use and cannot be taken back.' },
} as const satisfies Record<string, Metric>;

/** Every metric of the model, by name. */
export const METRICS = { ...SERVICE_METRICS, ...CONTAINER_METRICS };

export type MetricName = keyof typeof METRICS;
