import { type KedaFile, parseKeda } from '../config/keda.ts';
import { InvalidError } from '../domain/errors.ts';
import { convert } from '../domain/keda/convert.ts';
import type { Conversion } from '../domain/keda/conversion.ts';
import type { Command } from './command.ts';
import { httpUrl } from './http-url.ts';
import { convertedFiles } from './rules-convert-text.ts';

/** `tidecaster rules convert FILES`: from KEDA. */
export const rulesConvert: Command = {
  name: 'rules convert',
  summary: "make rules, HPAs and policies of KEDA's ScaledObjects",
  usage: 'FILE_OR_FOLDER... [--output-dir DIR] [--prometheus URL]',
  help: `Reads manifests of ScaledObjects (several documents and Lists too) and prints what they become: Prometheus triggers plain queries
and HPAs of type External, cpu and memory triggers metrics of the HPA, cron triggers that open and close on the same days a
policy. Where KEDA does otherwise, a comment says so; what nothing becomes of is named on stderr, and in rules.yaml.
      --output-dir DIR       write rules.yaml, hpas.yaml and policies.yaml there; files that are there are kept, and an error
      --prometheus URL       the server of --prometheus-url: triggers that ask it need no backend
      --null-is-zero         keep KEDA's 0 where a query has no number (ignoreNullValues): it scales in when series are gone
  -n, --namespace NAME       of objects that name none (default: default)
Exit code 0 when something was converted, 2 where nothing was or a file is wrong.`,
  options: {
    'output-dir': { type: 'string' },
    prometheus: { type: 'string' },
    'null-is-zero': { type: 'boolean', default: false },
    namespace: { type: 'string', short: 'n', default: 'default' },
  },
  async run({ values, positionals }, { readFile, listFiles, writeNewFiles, stdout, stderr }) {
    if (positionals.length === 0) throw new InvalidError('no file given, expected manifests of ScaledObjects');
    const names = [...new Set((await Promise.all(positionals.map(listFiles))).flat())];
    const namespace = String(values.namespace);
    const prometheusUrl = typeof values.prometheus === 'string' ? httpUrl('prometheus', values.prometheus) : null;
    const files = await Promise.all(names.map(async (name) => parseKeda(name, await readFile(name), namespace)));
    const problems = files.flatMap((file) => file.problems);
    if (problems.length > 0) throw new InvalidError('nothing is converted while a file is wrong', { problems });
    const objects = together(files);
    if (objects.scaledObjects.length === 0) throw new InvalidError(`no ScaledObject in ${positionals.join(', ')}`);
    const conversion = convert(objects, {
      prometheusUrl,
      nullIsZero: values['null-is-zero'] === true,
    });
    const converted = convertedFiles(conversion);
    const folder = values['output-dir'];
    if (typeof folder === 'string') await writeNewFiles(folder, converted);
    else stdout([...converted].map(([name, text]) => `# ${name}\n${text}`).join('---\n'));
    stderr(summary(conversion));
    return converted.size === 0 ? 2 : 0;
  },
};

const together = (files: readonly KedaFile[]): Omit<KedaFile, 'problems'> => ({
  scaledObjects: files.flatMap(({ scaledObjects }) => scaledObjects),
  authentications: files.flatMap(({ authentications }) => authentications),
  others: files.flatMap(({ others }) => others),
});

const summary = ({ queries, hpas, policies, leftOut }: Conversion): string =>
  [
    ...leftOut.map((one) => `not converted: ${one}`),
    `${queries.length} queries, ${hpas.length} HPAs, ${policies.length} policies; read the comments before you apply them`,
    '',
  ].join('\n');
