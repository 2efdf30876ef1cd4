import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { CHECKS } from '../../src/domain/doctor/checks.ts';
import { serverRights } from '../../src/domain/doctor/rights.ts';
import { anInstallation } from '../domain/doctor/a-cluster.ts';
import { documentOf, tableRows } from './documents.ts';

it("the table of docs/doctor.md is the program's", () => {
  const rows = tableRows(documentOf('docs/doctor.md'), 'finding');
  const plain = (text: string): string => text.replaceAll('`', '');
  expect(rows.map((row) => row.map(plain))).toEqual(
    Object.entries(CHECKS).map(([name, { severity, why, fix }]) => [name, severity, plain(why), plain(fix)]),
  );
});

it('the rights that doctor asks for are those that the manifests give the server', () => {
  type Role = { rules?: { apiGroups: string[]; resources: string[]; verbs: string[] }[] };
  const files = ['apiservice/base/rbac.yaml', 'apiservice/components/neighbour/rbac.yaml'];
  const given = files.flatMap((file) =>
    parseAllDocuments(readFileSync(file, 'utf8')).flatMap((document) =>
      ((document.toJS() as Role).rules ?? []).flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
        ),
      ),
    ),
  );
  const upstream = ['get', 'list', 'watch'].map((verb) => `${verb} /configmaps`); // Kubernetes' own Role, which the manifests bind
  const asked = serverRights(anInstallation({ args: ['serve', '--neighbour=keda/metrics:443'] }));
  expect(asked.map(({ verb, group, resource }) => `${verb} ${group}/${resource}`).toSorted()).toEqual(
    [...given, ...upstream].toSorted(),
  );
});
