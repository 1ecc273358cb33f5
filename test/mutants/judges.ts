/** The tests that judge a mutant of the policy engine. */
export const judges = {
  pages: ["test/unit/policy/**/*.test.ts", "test/property/policy/**/*.test.ts", "test/mutants/reference.test.ts"],
  // What goes through everything for seconds would take hours over thousands of mutants, so these judge none: the engine is held
  // to more than its score says.
  without: [
    "test/property/policy/{mutants,seven,differential,laws,cells,tightening,roster-tightening,change-class}.test.ts",
  ],
};
