import { describe, expect, it } from '@jest/globals';
import { loadSettings } from '../../src/config/load.ts';

const urlOf = (neighbour: string): string | undefined => loadSettings({ flags: { neighbour }, env: {} }).neighbour;

describe('--neighbour', () => {
  it.each([
    ['keda/keda-operator-metrics-apiserver:443', 'https://keda-operator-metrics-apiserver.keda.svc'],
    ['monitoring/prometheus-adapter:6443', 'https://prometheus-adapter.monitoring.svc:6443'],
    ['https://metrics.example:8443/', 'https://metrics.example:8443'],
    ['https://gateway.example/adapter', 'https://gateway.example/adapter'],
  ])('%s is asked at %s', (text, url) => {
    expect(urlOf(text)).toBe(url);
  });

  it.each([
    ['http://keda.example', 'expected NAMESPACE/SERVICE:PORT'],
    ['keda/metrics', 'expected NAMESPACE/SERVICE:PORT'],
    ['https://user:secret@keda.example', 'expected no password, query or fragment'],
    ['https://keda.example?a=b', 'expected no password, query or fragment'],
  ])('%s is refused: our token goes there', (text, message) => {
    expect(() => urlOf(text)).toThrow(message);
  });
});
