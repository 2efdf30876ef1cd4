import { deployments, hpas } from './manifests.ts';

describe.each(hpas.map(({ object }) => [object.metadata?.name ?? '', object] as const))(
  '%s',
  (name, { spec, metadata }) => {
    it('is named after the Deployment that it scales', () => {
      const { scaleTargetRef } = spec;
      expect(scaleTargetRef).toMatchObject({ apiVersion: 'apps/v1', kind: 'Deployment' });
      expect(name).toBe(`${scaleTargetRef.name}-hpa`);
      const there = deployments.some(
        ({ object }) =>
          object.metadata?.namespace === metadata?.namespace && object.metadata?.name === scaleTargetRef.name,
      );
      expect(there).toBe(true);
    });

    it('asks for external metrics alone, an average per pod each', () => {
      for (const { type, external } of spec.metrics!) {
        expect(type).toBe('External');
        expect(external?.target.type).toBe('AverageValue');
      }
    });

    it('writes quantities as the API server stores them, so that GitOps sees no difference', () => {
      for (const { external } of spec.metrics!) expect(external?.target.averageValue).toMatch(/^\d{1,3}[kMG]$/);
    });

    it('rises at once and by much, falls slowly', () => {
      expect(spec.behavior!.scaleUp).toMatchObject({ stabilizationWindowSeconds: 0, selectPolicy: 'Max' });
      expect(spec.behavior!.scaleDown).toMatchObject({
        stabilizationWindowSeconds: 300,
        policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }],
      });
    });
  },
);
