// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Runs each scenario with a run of its own, which `newRun` makes, and prints a line for it: `ok NAME` or
/// `not ok NAME: WHY`. Returns whether all is well.
export async function runAll(scenarios, newRun, print) {
    let isWell = true;
    for (const [name, scenario] of scenarios) {
        const run = newRun();
        try {
            await scenario(run);
            await run.leave();
            print(`ok ${name}`);
        } catch (error) {
            isWell = false;
            const why = error instanceof Error ? error.message : JSON.stringify(error);
            print(`not ok ${name}: ${why.replaceAll('\n', ' ')}`);
        }
    }
    return isWell;
}
