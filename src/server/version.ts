/** GET /version: k8s.io/apimachinery's version.Info, which kubectl and libraries expect of a server. */
export type VersionInfo = {
  major: string;
  minor: string;
  gitVersion: string;
  gitCommit: string;
  gitTreeState: string;
  buildDate: string;
  goVersion: string;
  compiler: string;
  platform: string;
};

/** version: as in package.json, such as 0.1.0. platform: such as linux/x64. There is no Go here: `compiler` says what runs. */
export function versionInfo(version: string, platform: string): VersionInfo {
  const [major = '', minor = ''] = version.split('.');
  return {
    major,
    minor,
    gitVersion: `v${version}`,
    gitCommit: '',
    gitTreeState: '',
    buildDate: '',
    goVersion: '',
    compiler: 'node',
    platform,
  };
}
