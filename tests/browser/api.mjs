// Lets schemathesis try to break what the OpenAPI description promises, on an office of its own port.
//
// node api.mjs --program FILE --state FOLDER --schemathesis FILE
// It says what schemathesis found and nothing else; exit status 1 when something was found.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { openOffice } from "./office.mjs";
import { openReport } from "./report.mjs";

/** Where the product describes its JSON addresses. */
const DESCRIPTION = "/api/openapi.json";

/** Examples tried for each operation; the seed makes a failure come again. */
const LIMITS = ["--max-examples", "50", "--seed", "311", "--workers", "2", "--request-timeout", "10"];

/** Who calls: together they may call everything there is; nobody may be refused in a way that is not declared. */
const ROLES = ["case_manager", "steward", undefined];

/** A server error, and whatever the description does not declare. */
const CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

const { values: call } = parseArgs({
  options: { program: { type: "string" }, state: { type: "string" }, schemathesis: { type: "string" } },
});
if (!call.schemathesis) {
  console.error("api.mjs: say where schemathesis is: --schemathesis FILE");
  process.exit(2);
}
const report = openReport();
const notes = await mkdtemp(join(tmpdir(), "counterflow-schemathesis-"));
const office = await openOffice(call);
try {
  for (const role of ROLES) {
    await report.check(`every answer to ${role ?? "a caller without a token"} is declared, and none is a server error`, async () => {
      const { token } = role ? office.login(role) : {};
      if (role && !token) throw new Error(`the demo prints no token for the role ${role}`);
      const access = token ? ["--header", `Authorization: Bearer ${token}`] : [];
      const status = await ended(spawn(
        resolve(call.schemathesis),
        ["run", `${office.address}${DESCRIPTION}`, "--checks", CHECKS, ...LIMITS, ...access, "--no-color"],
        // It keeps notes of its runs in the folder it is called from.
        { stdio: ["ignore", "inherit", "inherit"], cwd: notes },
      ));
      if (status !== 0) throw new Error(`schemathesis ended with ${status}; what it found stands above`);
    });
  }
} finally {
  await office.stop();
  await rm(notes, { recursive: true, force: true });
}
process.exitCode = report.close();

function ended(child) {
  return new Promise((done, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => done(code ?? signal));
  });
}
