import { readFileSync } from 'node:fs';
import { policyJsonSchema } from '../../src/config/policy.ts';

/** Every file of the repository that is generated from the code, with what should stand in it. */
export const generated = (): Record<string, string> => ({
  'docs/schema/policy.schema.json': `${JSON.stringify(policyJsonSchema(), null, 2)}\n`,
  'apiservice/components/pod-monitor/prometheus-rule.yaml': prometheusRule(
    readFileSync('k8s-manifests/monitoring/prometheus/tidecaster-alerts.yaml', 'utf8'),
  ),
});

/** The Prometheus operator's form of a file of rules. */
const prometheusRule = (
  rules: string,
): string => `# Made by npm run gen of k8s-manifests/monitoring/prometheus/tidecaster-alerts.yaml.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: tidecaster
  namespace: tidecaster-system
  labels:
    app.kubernetes.io/name: tidecaster
    app.kubernetes.io/part-of: tidecaster
spec:
${rules.replace(/^(#.*\n)+/, '').replaceAll(/^(?=.)/gm, '  ')}`;
