// Formulas first: a slide is laid out when its height is known. Arrow keys walk through every slide.
MathJax.startup.promise.then(() =>
  Reveal.initialize({
    width: 1280,
    height: 720,
    margin: 0,
    center: false,
    controls: false,
    hash: true,
    navigationMode: "linear",
    slideNumber: "c/t",
    transition: "none",
    backgroundTransition: "none",
    pdfMaxPagesPerSlide: 1,
    plugins: [RevealNotes],
  }),
);
