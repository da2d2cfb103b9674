// The layers of the house: imports point one way. docs/architecture.md draws them.
const PURE = '^packages/(core|planner|weigher|report|forecast|openflow)/src';
const DRIVERS = '^packages/(proxmox|targets|store|flow-manager|pve-simulator)/src';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'Two files that need each other are one file.',
      from: {},
      to: { circular: true },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'core-imports-nothing',
      severity: 'error',
      comment: 'core holds the nouns; it depends on nothing.',
      from: { path: '^packages/(core|openflow)/src' },
      to: { pathNot: '^packages/(core|openflow)/src' },
    },
    {
      name: 'pure-means-pure',
      severity: 'error',
      comment: 'Deciding does no I/O: no builtin module in the pure packages.',
      from: { path: PURE },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'middle-knows-core-alone',
      severity: 'error',
      comment: 'planner, weigher, report, config, telemetry and machine stand on core, side by side.',
      from: {
        path: '^packages/([^/]+)/src',
        pathNot: '^packages/(?!planner|weigher|forecast|report|config|telemetry|machine)',
      },
      to: { path: '^packages/', pathNot: ['^packages/core/src', '^packages/$1/'] },
    },
    {
      name: 'drivers-know-core-alone',
      severity: 'error',
      comment: 'A driver knows the ports of core and never another driver, nor those who use it.',
      from: { path: '^packages/(proxmox|targets|store|flow-manager|pve-simulator|ovs-lab)/src' },
      to: { path: '^packages/', pathNot: ['^packages/core/src', '^packages/openflow/src', '^packages/$1/'] },
    },
    {
      name: 'lab-is-for-demo-and-tests',
      severity: 'error',
      comment: 'ovs-lab makes switches and hosts on this machine, as root: nothing that is installed does that.',
      from: { path: '^(packages|apps)/[^/]+/src', pathNot: '^(packages/ovs-lab|apps/demo)/src' },
      to: { path: '^packages/ovs-lab/' },
    },
    {
      name: 'operator-knows-no-driver',
      severity: 'error',
      comment: 'The loop knows ports; the composition roots in apps/ choose drivers.',
      from: { path: '^packages/operator/src' },
      to: { path: DRIVERS },
    },
    {
      name: 'nobody-imports-apps',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'testkit-is-for-tests',
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src', pathNot: '^packages/testkit/src' },
      to: { path: '^packages/testkit/' },
    },
    {
      name: 'packages-by-their-door',
      severity: 'error',
      comment: 'Another package is imported by its name, through its index.',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: {
        path: '^packages/([^/]+)/src/.+',
        pathNot: ['^$1/$2/', '^packages/[^/]+/src/(index|node/index|conformance/index)\\.ts$'],
      },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['/dist/', 'node_modules/(?!@ballast)'] },
    parser: 'swc',
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json', '.mjs', '.cjs'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
