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

    it('asks for an average per pod, and for cpu at 70 % of the requests beside it', () => {
      const [main, cpu, ...more] = spec.metrics!;
      expect(main!.type).toBe(name === 'streaming-service-hpa' ? 'Pods' : 'External');
      expect((main!.pods ?? main!.external)!.target.type).toBe('AverageValue');
      const resource = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } };
      expect(cpu).toEqual({ type: 'Resource', resource });
      expect(more).toEqual([]);
    });

    it('scales pods whose every container requests cpu, without which no utilization can be told', () => {
      const { object } = deployments.find((one) => one.object.metadata?.name === spec.scaleTargetRef.name)!;
      for (const { resources } of object.spec!.template.spec!.containers)
        expect(resources!.requests!.cpu).toBeDefined();
    });

    it('writes quantities as the API server stores them, so that GitOps sees no difference', () => {
      const [main] = spec.metrics!;
      expect((main!.pods ?? main!.external)!.target.averageValue).toMatch(/^\d{1,3}[kMG]$/);
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
