import { findCrds } from './crds.ts';

it('without Go it says what to install', async () => {
  await expect(findCrds({ PATH: '/nowhere' }, () => {})).rejects.toThrow(
    /Go is not on PATH.*Install Go 1\.26 or newer \(https:\/\/go\.dev\/dl\)/,
  );
});
