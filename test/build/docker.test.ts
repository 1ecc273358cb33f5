/** The image and the compose file, as far as they can be checked without an engine: every path, command, option, port, host, variable and mount in them is one that exists. */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { commands } from "../../src/cli/commands.ts";
import { readGateConfig } from "../../src/config/gate-config.ts";
import { readObserveConfig } from "../../src/config/observe-config.ts";
import { readServeConfig } from "../../src/config/serve-config.ts";
import { readWitnessConfig } from "../../src/config/witness-config.ts";
import { composeErrors } from "./compose-schema.ts";

const read = (path: string): string => readFileSync(path, "utf8");
const text = read("docker/compose.yaml");
const page = read("docs/docker.md");
const dockerfile = read("docker/Dockerfile");

type Mount =
  string | { readonly type: string; readonly source: string; readonly target: string; readonly read_only?: boolean };
type Service = {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly target: string };
  readonly user?: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly network_mode?: string;
  readonly networks?: readonly string[];
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly volumes?: readonly Mount[];
  readonly secrets?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly stop_grace_period?: string;
};
type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const of = (name: string): Service => compose.services[name]!;
/** Those whose process is our command. */
const processes = ["gate", "serve-1", "serve-2", "witness", "observer-1", "observer-2"] as const;

/** Where a service's volumes are, by the path in its container. */
function mountsOf({
  volumes = [],
}: Service): readonly { readonly source: string; readonly target: string; readonly kind: string }[] {
  return volumes.map((mount) => {
    if (typeof mount !== "string") return { source: mount.source, target: mount.target, kind: mount.type };
    const [source = "", target = ""] = mount.split(":");
    return { source, target, kind: "volume" };
  });
}

/** What the words of a command line name: the command of the table with the most words. */
function commandOf(words: readonly string[]): (typeof commands)[number] | undefined {
  return commands
    .filter(({ words: own }) => own.split(" ").every((word, index) => words[index] === word))
    .sort((one, other) => other.words.length - one.words.length)[0];
}

function expectCommand(words: readonly string[]): void {
  const found = commandOf(words);
  expect([words, found?.words]).not.toEqual([words, undefined]);
  const options = words.filter((word) => word.startsWith("--")).map((word) => word.slice(2));
  const known = found!.options.map(({ name }) => name);
  expect([words, options.filter((name) => !known.includes(name))]).toEqual([words, []]);
  const required = found!.options.filter((option) => option.required === true).map(({ name }) => name);
  expect([words, required.filter((name) => !options.includes(name))]).toEqual([words, []]);
}

const folder = mkdtempSync(join(tmpdir(), "docker-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the compose files", () => {
  test("are what the specification's schema takes, and a misspelt field is not", () => {
    for (const path of globSync("docker/*compose.yaml"))
      expect([path, composeErrors(parse(read(path), { merge: true }))]).toEqual([path, []]);
    const { gate } = compose.services;
    expect(composeErrors({ services: { gate: { ...gate, netwrok_mode: "none" } } })).not.toEqual([]);
    expect(globSync("docker/*compose.yaml").sort()).toEqual([
      "docker/compose.yaml",
      "docker/gate-on-speculos.compose.yaml",
      "docker/speculos.compose.yaml",
    ]);
  });

  test("have every service that a deployment needs, and the chain for developers alone", () => {
    const names = [
      "anvil",
      "gate",
      "grafana",
      "init",
      "observer-1",
      "observer-2",
      "postgres",
      "prometheus",
      "serve-1",
      "serve-2",
      "witness",
    ];
    expect(Object.keys(compose.services).sort()).toEqual(names);
    expect(
      services.filter(([, { profiles }]) => profiles !== undefined).map(([name, { profiles }]) => [name, profiles]),
    ).toEqual([["anvil", ["development"]]]);
  });

  test("give the gate no network and no port, and nobody a port beyond loopback", () => {
    expect([of("gate").network_mode, of("gate").networks, of("gate").ports]).toEqual(["none", undefined, undefined]);
    for (const [name, { ports = [] }] of services)
      for (const port of ports) expect([name, port.startsWith("127.0.0.1:")]).toEqual([name, true]);
    expect(compose.networks["store"]?.internal).toBe(true);
  });

  test("run every process of ours as a user of its own, without rights, and give it time to end", () => {
    const users = processes.map((name) => of(name).user!);
    expect(new Set(users.filter((_, index) => processes[index] !== "serve-2")).size).toBe(5);
    for (const name of processes) {
      const { user, read_only, cap_drop, security_opt, stop_grace_period } = of(name);
      expect([name, Number(user!.split(":")[0]) >= 10_000, read_only, cap_drop, security_opt]).toEqual([
        name,
        true,
        true,
        ["ALL"],
        ["no-new-privileges:true"],
      ]);
      expect(Number.parseInt(stop_grace_period!, 10)).toBeGreaterThanOrEqual(40);
    }
    // The socket's folder is entered by the gate's group, which serve is in.
    expect(of("gate").user!.split(":")[1]).toBe(of("serve-1").user!.split(":")[1]);
  });

  test("start commands that exist, with options that they take, and the page's commands do too", () => {
    for (const name of processes) expectCommand(of(name).command!);
    const told = [...page.matchAll(/^docker compose run --rm (gate|witness) (.+)$/gm)].map(([, , words]) =>
      words!.split(" "),
    );
    expect(told.length).toBeGreaterThan(2);
    for (const words of told) expectCommand(words);
    for (const [, words] of page.matchAll(/bin\/countersign\.js (.+)$/gm)) expectCommand(words!.split(" "));
    for (const [, service] of page.matchAll(/^docker compose (?:run --rm|exec) (\S+)/gm))
      expect(Object.keys(compose.services)).toContain(service);
  });

  test("mount files that are here, and volumes, networks and secrets that are declared and used", () => {
    const used = services.flatMap(([name, service]) => mountsOf(service).map((mount) => ({ name, ...mount })));
    const binds = used.filter(({ kind }) => kind === "bind");
    expect(binds.length).toBeGreaterThan(4);
    for (const { source } of binds) {
      if (source.startsWith("${DEPLOYMENT")) continue;
      expect([source, existsSync(join("docker", source))]).toEqual([source, true]);
    }
    const volumes = used.filter(({ kind }) => kind === "volume").map(({ source }) => source);
    expect([...new Set(volumes)].sort()).toEqual(Object.keys(compose.volumes).sort());
    const networks = services.flatMap(([, service]) => service.networks ?? []);
    expect([...new Set(networks)].sort()).toEqual(Object.keys(compose.networks).sort());
    const secrets = services.flatMap(([, service]) => service.secrets ?? []);
    expect([...new Set(secrets)]).toEqual(Object.keys(compose.secrets));
    expect(page).toContain("postgres.password");
  });

  test("depend on services that are there, and wait for init before anything of ours starts", () => {
    for (const [name, { depends_on: needs = {} }] of services)
      for (const need of Object.keys(needs))
        expect([name, Object.keys(compose.services).includes(need)]).toEqual([name, true]);
    for (const name of processes)
      expect([name, of(name).depends_on?.["init"]?.condition]).toEqual([name, "service_completed_successfully"]);
  });

  test("name variables that the page explains, each with a usual value", () => {
    const names = [...text.matchAll(/\$\{([A-Z_]+)(:-)?/g)];
    expect(names.length).toBeGreaterThan(3);
    for (const [, name = "", usual] of names)
      expect([name, usual, page.includes(`\`${name}\``)]).toEqual([name, ":-", true]);
    for (const [, name = ""] of dockerfile.matchAll(/^ARG ([A-Z_]+)=/gm))
      expect([name, page.includes(`\`${name}\``)]).toEqual([name, true]);
  });
});

describe("the configurations", () => {
  /** As init.sh lays it, so that paths beside it are those of the container. */
  const laid = (path: string, target: string): string => {
    const at = join(folder, target);
    mkdirSync(dirname(at), { recursive: true });
    copyFileSync(path, at);
    return at;
  };
  const state = "/var/lib/countersign";
  const inside = (path: string): string => path.replace(folder, "");
  const gate = readGateConfig(laid("docker/config/gate.yaml", `${state}/gate/gate.yaml`));
  const serve = readServeConfig(laid("docker/config/serve.yaml", `${state}/serve/serve.yaml`));
  const witness = readWitnessConfig(laid("docker/config/witness.yaml", `${state}/witness/witness.yaml`));
  const observers = [1, 2].map((n) =>
    readObserveConfig(laid(`docker/config/observer-${String(n)}.yaml`, `${state}/observer-${String(n)}/observer.yaml`)),
  );

  test("lead to paths that are mounted where they are used", () => {
    const wanted: readonly (readonly [string, readonly string[]])[] = [
      ["gate", [gate.journal, gate.genesis, gate.logKey, gate.socket, gate.copies!.folder, ...gate.tokens]],
      ["serve-1", [serve.gate, serve.genesis]],
      ["serve-2", [serve.gate, serve.genesis]],
      ["witness", [witness.genesis, witness.key, witness.heads, witness.listen.tls!.cert]],
      ["observer-1", [observers[0]!.credential, observers[0]!.genesis]],
      ["observer-2", [observers[1]!.credential, observers[1]!.genesis]],
    ];
    for (const [name, paths] of wanted) {
      const targets = mountsOf(of(name)).map(({ target }) => target);
      const lost = paths.map(inside).filter((path) => !targets.some((target) => path.startsWith(`${target}/`)));
      expect([name, lost]).toEqual([name, []]);
      const config = of(name).command!.at(-1)!;
      expect([name, targets.some((target) => config.startsWith(`${target}/`))]).toEqual([name, true]);
    }
    expect(inside(gate.socket)).toBe(inside(serve.gate));
  });

  test("name hosts and ports of services that the process shares a network with", () => {
    const ends: readonly (readonly [string, string])[] = [
      ["serve-1", serve.chains[0]!.rpc[0]!],
      ["serve-1", serve.witnesses[0]!.url],
      ["serve-1", serve.store.kind === "postgres" ? serve.store.url : ""],
      ["observer-1", observers[0]!.api],
      ["observer-1", observers[0]!.chains[0]!.rpc],
      ["observer-2", observers[1]!.api],
    ];
    const ports: Readonly<Record<string, number>> = {
      anvil: 8545,
      witness: witness.listen.port,
      postgres: 5432,
      "serve-1": serve.api.port,
      "serve-2": serve.api.port,
    };
    for (const [name, url] of ends) {
      const { hostname, port } = new URL(url);
      expect([url, ports[hostname]]).toEqual([url, Number(port)]);
      const common = (of(hostname).networks ?? []).filter((network) => of(name).networks?.includes(network));
      expect([name, hostname, common.length > 0]).toEqual([name, hostname, true]);
    }
    expect(of("serve-1").ports).toEqual([`127.0.0.1:8480:${String(serve.api.port)}`]);
    expect(of("serve-2").ports).toEqual([`127.0.0.1:8481:${String(serve.api.port)}`]);
  });

  test("of Prometheus and Grafana lead to what is mounted and to replicas that answer", () => {
    const { rule_files: rules, scrape_configs: scrapes } = parse(read("docker/prometheus/prometheus.yaml")) as {
      rule_files: string[];
      scrape_configs: { metrics_path: string; static_configs: { targets: string[] }[] }[];
    };
    expect(rules.map((path) => existsSync(path.replace("/etc/prometheus", "docker/prometheus")))).toEqual([true]);
    expect(scrapes[0]).toMatchObject({
      metrics_path: "/metrics",
      static_configs: [{ targets: ["serve-1:8480", "serve-2:8480"] }],
    });
    const [provider] = (
      parse(read("docker/grafana/provisioning/dashboards/countersign.yaml")) as {
        providers: { options: { path: string } }[];
      }
    ).providers;
    expect(mountsOf(of("grafana")).map(({ target }) => dirname(target))).toContain(provider!.options.path);
    const [source] = (
      parse(read("docker/grafana/provisioning/datasources/prometheus.yaml")) as { datasources: { url: string }[] }
    ).datasources;
    expect(source!.url).toBe(`http://prometheus:${of("prometheus").ports![0]!.split(":")[2]!}`);
  });

  test("are laid by init.sh, each its owner's alone, and again without touching what a process wrote", () => {
    const [state, run, setup] = ["state", "run", "setup"].map((name) => join(folder, name));
    for (const part of ["config", "deployment"]) mkdirSync(join(setup!, part), { recursive: true });
    for (const path of globSync("docker/config/*")) copyFileSync(path, join(setup!, path.replace("docker/", "")));
    for (const name of ["genesis.json", "witness.crt", "witness.tls.key", "postgres.password", "observer-1.json"])
      writeFileSync(join(setup!, "deployment", name), name);
    const env = { PATH: process.env["PATH"], STATE: state, RUN: run, SETUP: setup };
    const lay = (): unknown => execFileSync("sh", ["docker/init.sh"], { env });
    // The owner is root's to give: as somebody else this runs up to there.
    if (process.getuid?.() !== 0) {
      expect(lay).toThrow();
      return;
    }
    lay();
    writeFileSync(join(state!, "gate/journal.sqlite"), "mine");
    lay();
    expect(read(join(state!, "gate/journal.sqlite"))).toBe("mine");
    for (const path of globSync(`${state!}/*/*`)) {
      if (path.endsWith("journal.sqlite")) continue;
      const { mode, uid } = statSync(path);
      const owner = { gate: 10_001, serve: 10_002, witness: 10_003, "observer-1": 10_004, "observer-2": 10_005 }[
        dirname(path).split("/").at(-1)!
      ];
      expect([path, mode & 0o777, uid]).toEqual([path, 0o600, owner]);
    }
    expect([statSync(run!).mode & 0o777, statSync(join(state!, "gate")).mode & 0o777]).toEqual([0o750, 0o700]);
    expect(read(join(state!, "serve/pgpass"))).toBe("postgres:5432:countersign:countersign:postgres.password\n");
    expect(existsSync(join(state!, "observer-2/credential.json"))).toBe(false);
    // What a process is told to read is laid under that very name, with the owner that it runs as.
    for (const name of processes) {
      const config = of(name).command!.at(-1)!.replace("/var/lib/countersign", state!);
      expect([name, existsSync(config), String(statSync(config).uid)]).toEqual([
        name,
        true,
        of(name).user!.split(":")[0],
      ]);
    }
    for (const path of Object.values(of("serve-1").environment!))
      expect(existsSync(path.replace("/var/lib/countersign", state!))).toBe(true);
  });
});

describe("the image", () => {
  const stages = dockerfile
    .split(/^(?=FROM )/m)
    .slice(1)
    .map((stage) => {
      const [, from = "", name = ""] = /^FROM (\S+) AS (\S+)$/m.exec(stage) ?? [];
      return { from, name, stage };
    });
  const stage = (name: string): string => stages.find((one) => one.name === name)!.stage;

  test("is built on the Node that the project fetches, from stages that are there", () => {
    const version = /version: "(24\.[0-9]+\.[0-9]+)"/.exec(read("scripts/node.js"))![1]!;
    expect([...dockerfile.matchAll(/^ARG NODE[A-Z_]*=node:([0-9.]+)-/gm)].map(([, found]) => found)).toEqual([
      version,
      version,
    ]);
    const names = stages.map(({ name }) => name);
    for (const [, from = ""] of dockerfile.matchAll(/--from=(\S+)/g)) expect(names).toContain(from);
    for (const [, { build }] of services) if (build !== undefined) expect(names).toContain(build.target);
    for (const [, { build }] of services)
      if (build !== undefined) expect(existsSync(join("docker", build.context, build.dockerfile))).toBe(true);
  });

  test("copies files that are here, and what package.json says is shipped", () => {
    for (const [, words = ""] of dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm))
      for (const path of words.split(" ")) expect([path, existsSync(path)]).toEqual([path, true]);
    const { files } = JSON.parse(read("package.json")) as { files: string[] };
    const shipped = stage("countersign");
    for (const path of files.filter((one) => !one.endsWith(".md")))
      expect([path, shipped.includes(path)]).toEqual([path, true]);
    expect(/ENTRYPOINT \["node", "\/opt\/countersign\/(.+)"\]/.exec(shipped)?.[1]).toBe("bin/countersign.js");
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    expect(stage("build")).toContain(`RUN ${scripts["build"]!}`);
    expect(read(".dockerignore").split("\n")).toEqual(
      expect.arrayContaining(["node_modules", ".git", "docker/deployment"]),
    );
    expect(read(".gitignore").split("\n")).toContain("docker/deployment/");
  });

  test("holds no compiler and runs as nobody's root", () => {
    for (const name of ["countersign", "countersign-softhsm", "anvil"]) {
      const own = stages.find((one) => one.name === name)!;
      expect([name, own.from]).toEqual([name, name === "countersign-softhsm" ? "countersign" : "${NODE_SLIM_IMAGE}"]);
      const users = [...own.stage.matchAll(/^USER (\S+)$/gm)].map(([, user]) => user!);
      expect([name, Number(users.at(-1)!.split(":")[0]) >= 10_000]).toEqual([name, true]);
      expect(own.stage).not.toMatch(/\b(gcc|g\+\+|make|python3?|build-essential|node-gyp|npm (ci|install))\b/);
    }
    expect(stage("packages")).toContain("npm prune --omit=dev");
    expect(stage("countersign")).toContain("COPY --from=packages /build/node_modules");
  });

  test("of the chain knows the options that it is started with", () => {
    const wrapper = createRequire(createRequire(import.meta.url).resolve("@foundry-rs/anvil/package.json"));
    const found = wrapper.resolve(
      `@foundry-rs/anvil-linux-${process.arch === "arm64" ? "arm64" : "amd64"}/package.json`,
    );
    expect(found).toContain("@foundry-rs/anvil-linux-");
    const help = execFileSync(join(dirname(found), "bin", "anvil"), ["--help"], { encoding: "utf8" });
    for (const word of of("anvil").command!.filter((one) => one.startsWith("--")))
      expect([word, help.includes(`${word} `) || help.includes(`${word}\n`)]).toEqual([word, true]);
  });
});

test("a gate on Speculos shares its network, and the page names every file and says what was not tried", () => {
  const { services: own } = parse(read("docker/gate-on-speculos.compose.yaml")) as Compose;
  const speculos = parse(read("docker/speculos.compose.yaml")) as Compose;
  expect(own["gate"]?.network_mode).toBe(`service:${Object.keys(speculos.services)[0]!}`);
  expect(speculos.services["speculos"]!.ports).toContain(
    `127.0.0.1:9999:${own["gate"]!.environment!["LEDGER_SPECULOS"]!.split(":")[1]!}`,
  );
  for (const path of globSync("docker/*compose.yaml")) expect(page).toContain(path.replace("docker/", ""));
  expect(page).toContain("The images were not built and the compose file was not run");
});
