/**
 * The rules that tell CI, containers and coding agents, from `conformance/environment`, which all SDKs share. Written
 * by `npm run update`, and a test compares them; change the JSON instead.
 */

import type { Rules } from './rules.js';

export const CI: Rules = {
  never: ['CI=false', 'CI=0', 'CI=no', 'CI=off'],
  rules: [
    { name: 'appveyor', when: ['APPVEYOR'] },
    { name: 'azure_pipelines', when: ['TF_BUILD', 'SYSTEM_TEAMFOUNDATIONCOLLECTIONURI'] },
    { name: 'bamboo', when: ['bamboo_planKey'] },
    { name: 'bitbucket', when: ['BITBUCKET_COMMIT'] },
    { name: 'bitrise', when: ['BITRISE_IO'] },
    { name: 'buddy', when: ['BUDDY_WORKSPACE_ID'] },
    { name: 'buildkite', when: ['BUILDKITE'] },
    { name: 'circleci', when: ['CIRCLECI'] },
    { name: 'cirrus_ci', when: ['CIRRUS_CI'] },
    { name: 'aws_codebuild', when: ['CODEBUILD_BUILD_ARN'] },
    { name: 'cloudflare_pages', when: ['CF_PAGES'] },
    { name: 'codemagic', when: ['CM_BUILD_ID'] },
    { name: 'codeship', when: ['CI_NAME=codeship'] },
    { name: 'forgejo_actions', when: ['FORGEJO_ACTIONS'] },
    { name: 'gitea_actions', when: ['GITEA_ACTIONS'] },
    { name: 'woodpecker', when: ['CI=woodpecker'] },
    { name: 'drone', when: ['DRONE'] },
    { name: 'github_actions', when: ['GITHUB_ACTIONS'] },
    { name: 'gitlab', when: ['GITLAB_CI'] },
    { name: 'gocd', when: ['GO_PIPELINE_LABEL'] },
    { name: 'google_cloud_build', when: ['BUILDER_OUTPUT'] },
    { name: 'harness', when: ['HARNESS_BUILD_ID'] },
    { name: 'heroku', when: ['HEROKU_TEST_RUN_ID', 'STACK~heroku'] },
    { name: 'hudson', when: ['HUDSON_URL & BUILD_NUMBER'] },
    { name: 'jenkins', when: ['JENKINS_URL & BUILD_ID'] },
    { name: 'netlify', when: ['NETLIFY'] },
    { name: 'nevercode', when: ['NEVERCODE'] },
    { name: 'prow', when: ['PROW_JOB_ID'] },
    { name: 'render', when: ['RENDER'] },
    { name: 'sail', when: ['SAILCI'] },
    { name: 'screwdriver', when: ['SCREWDRIVER'] },
    { name: 'semaphore', when: ['SEMAPHORE'] },
    { name: 'sourcehut', when: ['CI_NAME=sourcehut'] },
    { name: 'strider', when: ['STRIDER'] },
    { name: 'taskcluster', when: ['TASK_ID & RUN_ID'] },
    { name: 'teamcity', when: ['TEAMCITY_VERSION'] },
    { name: 'travis', when: ['TRAVIS'] },
    { name: 'vela', when: ['VELA'] },
    { name: 'vercel', when: ['NOW_BUILDER', 'VERCEL & CI'] },
    { name: 'xcode_cloud', when: ['CI_XCODE_PROJECT'] },
    { name: 'other', when: ['CI', 'CONTINUOUS_INTEGRATION', 'BUILD_NUMBER', 'RUN_ID'] },
  ],
};

export const CONTAINERS: Rules = {
  never: ['container=no'],
  rules: [
    { name: 'codespaces', when: ['CODESPACES'] },
    { name: 'gitpod', when: ['GITPOD_WORKSPACE_ID'] },
    { name: 'devcontainer', when: ['REMOTE_CONTAINERS', 'DEVCONTAINER'] },
    { name: 'kubernetes', when: ['KUBERNETES_SERVICE_HOST', '@cgroup~kubepods'] },
    { name: 'podman', when: ['@file=/run/.containerenv', 'container=podman'] },
    { name: 'docker', when: ['@file=/.dockerenv', '@cgroup~docker'] },
    { name: 'lxc', when: ['container=lxc', '@cgroup~/lxc/'] },
    { name: 'other', when: ['container', '@cgroup~containerd'] },
  ],
};

export const AGENTS: Rules = {
  never: [],
  rules: [
    { name: 'claude', when: ['CLAUDECODE', 'CLAUDE_CODE', 'AI_AGENT~claude'] },
    { name: 'codex', when: ['CODEX_SANDBOX', 'CODEX_CI', 'CODEX_THREAD_ID', 'AI_AGENT~codex'] },
    { name: 'gemini', when: ['GEMINI_CLI', 'AI_AGENT~gemini'] },
    { name: 'cursor', when: ['CURSOR_AGENT', 'CURSOR_EXTENSION_HOST_ROLE=agent-exec', 'AI_AGENT~cursor'] },
    { name: 'copilot', when: ['COPILOT_MODEL', 'COPILOT_ALLOW_ALL', 'COPILOT_GITHUB_TOKEN', 'AI_AGENT~copilot'] },
    { name: 'opencode', when: ['OPENCODE', 'OPENCODE_CLIENT', 'AI_AGENT~opencode'] },
    { name: 'augment', when: ['AUGMENT_AGENT', 'AI_AGENT~augment'] },
    { name: 'antigravity', when: ['ANTIGRAVITY_AGENT', 'AI_AGENT~antigravity'] },
    { name: 'goose', when: ['GOOSE_PROVIDER & @terminal=no', 'AI_AGENT~goose'] },
    { name: 'junie', when: ['JUNIE_DATA', 'JUNIE_SHIM_PATH', 'AI_AGENT~junie'] },
    { name: 'pi', when: ['PATH~.pi/agent', 'AI_AGENT=pi'] },
    { name: 'kiro', when: ['TERM_PROGRAM~kiro & @terminal=no', 'AI_AGENT~kiro'] },
    { name: 'replit', when: ['REPL_ID & @terminal=no', 'AI_AGENT~replit'] },
    { name: 'devin', when: ['@file=/opt/.devin', 'EDITOR~devin', 'AI_AGENT~devin'] },
    { name: 'other', when: ['AI_AGENT'] },
  ],
};
