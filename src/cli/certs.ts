import { InvalidError } from '../domain/errors.ts';
import type { Command } from './command.ts';

/** `tidecaster certs`: the self-signed way to a serving certificate. */
export const certs: Command = {
  name: 'certs',
  summary: 'make or renew the serving certificate in a Secret, and its CA in the APIService',
  usage: '--secret-namespace NS --service NAME --service-namespace NS --api-service NAME...',
  help: `Makes a CA and a serving certificate for NAME.NS.svc where the Secret has none, renews a certificate that is in its
last third, and applies the CA as caBundle under a field manager of its own. Running it again changes nothing.
      --secret-namespace NS   namespace of the Secret
      --secret-name NAME      its name (default: tidecaster-serving)
      --service NAME          the Service that the APIService names
      --service-namespace NS  its namespace (default: that of the Secret)
      --api-service NAME      an APIService to give the caBundle to; may be repeated
      --kubeconfig FILE       the cluster (default: $KUBECONFIG, ~/.kube/config, then the pod's service account)`,
  options: {
    'secret-namespace': { type: 'string' },
    'secret-name': { type: 'string', default: 'tidecaster-serving' },
    service: { type: 'string' },
    'service-namespace': { type: 'string' },
    'api-service': { type: 'string', multiple: true },
    kubeconfig: { type: 'string' },
  },
  async run({ values, positionals }, tools) {
    if (positionals.length > 0) throw new InvalidError(`"${positionals[0]}" is not understood`);
    const text = (flag: string): string => {
      const value = values[flag];
      if (typeof value === 'string' && value !== '') return value;
      throw new InvalidError(`--${flag} is missing`);
    };
    const apiServices = Array.isArray(values['api-service']) ? values['api-service'].map(String) : [];
    if (apiServices.length === 0) throw new InvalidError('--api-service is missing');
    const secretNamespace = text('secret-namespace');
    const lines = await tools.certificates({
      kubeconfig: typeof values.kubeconfig === 'string' ? values.kubeconfig : undefined,
      secretNamespace,
      secretName: text('secret-name'),
      service: text('service'),
      serviceNamespace: values['service-namespace'] === undefined ? secretNamespace : text('service-namespace'),
      apiServices,
    });
    tools.stdout(lines.map((line) => `${line}\n`).join(''));
    return 0;
  },
};
