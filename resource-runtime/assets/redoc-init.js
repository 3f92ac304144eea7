"use strict";

const sans = "system-ui, sans-serif";
const mono = "ui-monospace, monospace";
const typography = {
  fontFamily: sans,
  headings: { fontFamily: sans },
  code: { fontFamily: mono },
};
const light = { typography };
const night = {
  typography: { ...typography, code: { fontFamily: mono, color: "#ff9ea0", backgroundColor: "#2d3236" }, links: { color: "#7ab7ff", visited: "#7ab7ff", hover: "#a5ceff" } },
  colors: {
    primary: { main: "#7ab7ff" },
    text: { primary: "#dfe3e6", secondary: "#a8b0b6" },
    border: { light: "#3a4147", dark: "#525b63" },
    responses: {
      success: { color: "#6fcf97", backgroundColor: "rgba(111, 207, 151, 0.08)", tabTextColor: "#6fcf97" },
      error: { color: "#ff8a80", backgroundColor: "rgba(255, 138, 128, 0.08)", tabTextColor: "#ff8a80" },
      info: { color: "#82b1ff", backgroundColor: "rgba(130, 177, 255, 0.08)", tabTextColor: "#82b1ff" },
    },
  },
  schema: { nestedBackground: "#22272b", linesColor: "#525b63", typeNameColor: "#a8b0b6", typeTitleColor: "#a8b0b6" },
  sidebar: { backgroundColor: "#22272b", textColor: "#dfe3e6" },
  rightPanel: { backgroundColor: "#16191b" },
};

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const draw = () => {
  document.documentElement.classList.toggle("dark-mode", dark.matches);
  Redoc.init("openapi.json", { theme: dark.matches ? night : light, hideHostname: true }, document.getElementById("docs"));
};
dark.addEventListener("change", draw);
window.addEventListener("load", draw);
