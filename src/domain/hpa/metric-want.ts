/** What an HPA of the cluster names, and its controller therefore reads every 15 s. Selectors are canonical (selectorText). */
export type MetricWant =
  /** metric: in lower case, as client-go sends it. */
  | { type: 'external'; namespace: string; metric: string; selector: string }
  | {
      type: 'custom';
      /** null: root-scoped. */
      namespace: string | null;
      /** As the path names it: `pods`, `ingresses.networking.k8s.io`. */
      resource: string;
      /** A name, or `*`: all pods of the HPA's target. */
      object: string;
      metric: string;
      metricLabelSelector: string;
    };
