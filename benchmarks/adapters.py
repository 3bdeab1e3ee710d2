"""One small adapter per library: suggest a configuration, observe its value.

Values are larger-is-better here. Where a library minimizes, one line turns them over, and it says
so. Each library is used as its documentation shows, with its own defaults except where a comment
says otherwise; what to observe before the first suggestion is the harness's business.
"""

import importlib.metadata
import logging
import tempfile

import numpy as np

import bo_tutorial as bo

GP_LIBRARIES = ("optuna-gp", "skopt", "bayes-opt", "botorch")  # measured against in time
OURS = ("ours", "ours-tpe")


class Adapter:
    """A library in the harness; a subclass says what `suggest` and `observe` mean there.

    Attributes:
        distributions: what to install, whose versions go into the results file.
        conditions: whether the library knows hyperparameters that apply only sometimes.
        mixed: whether it knows integers and categories.
        slow: the kinds of space, "cube" or "mixed", where a run of 40 suggestions takes well over
            15 s of CPU: it then gets half the seeds.
    """

    distributions = ()
    conditions = mixed = True
    slow = ()

    def __init__(self, space, seed):
        self.space, self.names = space, space.names

    def suggest(self):
        """Return the configuration to evaluate next, a dict."""
        raise NotImplementedError

    def observe(self, config, value):
        """Learn that `config`, suggested or not, has this value; larger is better."""
        raise NotImplementedError

    def observe_all(self, configs, values):
        """Learn a whole history at once, where that is cheaper than one by one."""
        for config, value in zip(configs, values, strict=True):
            self.observe(config, value)

    @classmethod
    def supports(cls, space):
        """Say whether the library can search this space."""
        return cls.mixed or is_cube(space)

    @classmethod
    def is_slow(cls, space):
        """Say whether the library takes well over 15 s for a run in this space."""
        return ("cube" if is_cube(space) else "mixed") in cls.slow

    def applies(self, name, config):
        """Say whether a hyperparameter applies, given the values of those declared before it."""
        for parent, allowed in (self.space[name].when or {}).items():
            if config.get(parent) not in (allowed if isinstance(allowed, list) else [allowed]):
                return False
        return True

    def configuration(self, values):
        """Turn a library's values {name: value} into a configuration: only what applies."""
        config = {}
        for name in self.names:
            if self.applies(name, config):
                kind = self.space[name]
                config[name] = kind.python(values[name])
                if isinstance(kind, bo.Float):
                    config[name] = min(max(config[name], 0.0), 1.0)  # rounding may step outside
        return config

    def complete(self, config):
        """Give what does not apply its middle value, for a library without conditions."""
        middle = {}
        for name in self.names:
            if name not in config:
                kind = self.space[name]
                middle[name] = kind.python(kind.from_unit(0.5))
        return {name: (config | middle)[name] for name in self.names}


class Ours(Adapter):
    """The course's strategies; the harness's initial design counts as their own."""

    distributions = ("numpy", "scipy")

    def __init__(self, space, seed):
        super().__init__(space, seed)
        self.strategy = self.make(space, seed)

    def suggest(self):
        return self.strategy.ask()

    def observe(self, config, value):
        self.strategy.tell(config, value)


class OursGP(Ours):
    def make(self, space, seed):
        return bo.BayesianOptimization(space, n_initial=10, seed=seed)


class OursTPE(Ours):
    def make(self, space, seed):
        return bo.TreeParzen(space, seed=seed)


class Random(Ours):
    def make(self, space, seed):
        return bo.RandomSearch(space, seed=seed)


class Sobol(Ours):
    def make(self, space, seed):
        return bo.SobolSearch(space, seed=seed)  # goes on where the initial design ended


class OptunaTPE(Adapter):
    """Optuna's default sampler."""

    distributions = ("optuna",)

    def __init__(self, space, seed):
        super().__init__(space, seed)
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.optuna = optuna
        self.study = optuna.create_study(direction="maximize", sampler=self.sampler(seed))
        self.trial = None

    def sampler(self, seed):
        return self.optuna.samplers.TPESampler(seed=seed)  # multivariate by default

    def suggest(self):
        self.trial = self.study.ask()
        values = {}
        for name in self.names:
            kind = self.space[name]
            if self.conditions and not self.applies(name, values):
                continue
            if isinstance(kind, bo.Float):
                values[name] = self.trial.suggest_float(name, 0.0, 1.0)
            elif isinstance(kind, bo.Int):
                values[name] = self.trial.suggest_int(name, kind.low, kind.high)
            else:
                values[name] = self.trial.suggest_categorical(name, kind.choices)
        return self.configuration(values)

    def observe(self, config, value):
        if self.trial is not None:
            self.study.tell(self.trial, value)
            self.trial = None
            return
        config = config if self.conditions else self.complete(config)
        distributions = {name: self.distribution(self.space[name]) for name in config}
        self.study.add_trial(
            self.optuna.trial.create_trial(params=config, distributions=distributions, value=value)
        )

    def distribution(self, kind):
        of = self.optuna.distributions
        if isinstance(kind, bo.Float):
            return of.FloatDistribution(0.0, 1.0)
        if isinstance(kind, bo.Int):
            return of.IntDistribution(kind.low, kind.high)
        return of.CategoricalDistribution(kind.choices)


class OptunaUnivariateTPE(OptunaTPE):
    def sampler(self, seed):
        return self.optuna.samplers.TPESampler(seed=seed, multivariate=False)


class OursInOptuna(OptunaTPE):
    """Our default as a sampler of Optuna."""

    def sampler(self, seed):
        from bo_tutorial.optuna_sampler import BoTutorialSampler

        return BoTutorialSampler(seed=seed)


class OptunaGP(OptunaTPE):
    distributions = ("optuna", "torch")
    conditions = False  # it would draw at random what does not always apply

    def sampler(self, seed):
        one_thread()
        return self.optuna.samplers.GPSampler(seed=seed)


class Skopt(Adapter):
    """scikit-optimize: its Gaussian process and EI, as `gp_minimize(acq_func="EI")` has them."""

    distributions = ("scikit-optimize", "scikit-learn")
    conditions = False

    def __init__(self, space, seed):
        super().__init__(space, seed)
        import skopt

        dimensions = []
        for kind in (space[name] for name in self.names):
            if isinstance(kind, bo.Float):
                dimensions.append(skopt.space.Real(0.0, 1.0))
            elif isinstance(kind, bo.Int):
                dimensions.append(skopt.space.Integer(kind.low, kind.high))
            else:
                dimensions.append(skopt.space.Categorical(kind.choices))
        self.optimizer = skopt.Optimizer(dimensions, "GP", acq_func="EI", random_state=seed)

    def suggest(self):
        return self.configuration(dict(zip(self.names, self.optimizer.ask(), strict=True)))

    def observe(self, config, value):
        self.optimizer.tell(self._point(config), -value)  # it minimizes

    def observe_all(self, configs, values):
        points = [self._point(config) for config in configs]
        self.optimizer.tell(points, [-value for value in values])  # one fit, not one per value

    def _point(self, config):
        config = self.complete(config)
        return [config[name] for name in self.names]


class BayesOpt(Adapter):
    """The package bayesian-optimization with EI; its default is UCB, which does worse."""

    distributions = ("bayesian-optimization", "scikit-learn")
    conditions = False
    slow = ("cube", "mixed")

    def __init__(self, space, seed):
        super().__init__(space, seed)
        import bayes_opt

        bounds = {}
        for name, kind in ((name, space[name]) for name in self.names):
            if isinstance(kind, bo.Float):
                bounds[name] = (0.0, 1.0)
            elif isinstance(kind, bo.Int):
                bounds[name] = (kind.low, kind.high, int)
            else:
                bounds[name] = kind.choices
        self.optimizer = bayes_opt.BayesianOptimization(
            f=None,
            pbounds=bounds,
            acquisition_function=bayes_opt.acquisition.ExpectedImprovement(xi=0.01),
            random_state=seed,
            verbose=0,
            allow_duplicate_points=True,  # else a repeated suggestion is an exception
        )

    def suggest(self):
        return self.configuration(self.optimizer.suggest())

    def observe(self, config, value):
        self.optimizer.register(params=self.complete(config), target=value)


class Hyperopt(Adapter):
    distributions = ("hyperopt",)

    def __init__(self, space, seed):
        super().__init__(space, seed)
        import hyperopt

        self.hyperopt, self.rng = hyperopt, np.random.default_rng(seed)
        self.trials = hyperopt.Trials()
        nodes = {}
        for name in reversed(self.names):  # what depends on a choice is part of that choice
            kind = space[name]
            if isinstance(kind, bo.Float):
                nodes[name] = hyperopt.hp.uniform(name, 0.0, 1.0)
            elif isinstance(kind, bo.Int):
                nodes[name] = hyperopt.hp.uniformint(name, kind.low, kind.high)
            else:
                below = [name for name in nodes if space[name].when]
                branches = [
                    {child: nodes[child] for child in below if self.applies(child, {name: choice})}
                    for choice in kind.choices
                ]
                nodes[name] = hyperopt.hp.choice(name, branches)
        tree = {name: node for name, node in nodes.items() if not space[name].when}
        self.domain = hyperopt.base.Domain(lambda config: None, tree)

    def suggest(self):
        (doc,) = self.hyperopt.tpe.suggest(
            self.trials.new_trial_ids(1),
            self.domain,
            self.trials,
            seed=int(self.rng.integers(2**31 - 1)),
            n_startup_jobs=10,  # the size of the initial design; its default of 20 wastes ten
            verbose=False,
        )
        values = {name: found[0] for name, found in doc["misc"]["vals"].items() if found}
        for name, value in values.items():
            if isinstance(self.space[name], bo.Categorical):
                values[name] = self.space[name].choices[int(value)]
        return self.configuration(values)

    def observe(self, config, value):
        values = dict(config)
        for name in config:
            if isinstance(self.space[name], bo.Categorical):
                values[name] = self.space[name].choices.index(config[name])
        (number,) = self.trials.new_trial_ids(1)
        misc = {
            "tid": number,
            "cmd": self.domain.cmd,
            "workdir": self.domain.workdir,
            "idxs": {name: [number] if name in values else [] for name in self.names},
            "vals": {name: [values[name]] if name in values else [] for name in self.names},
        }
        result = {"status": self.hyperopt.STATUS_OK, "loss": -value}  # it minimizes
        (doc,) = self.trials.new_trial_docs([number], [None], [result], [misc])
        doc["state"] = self.hyperopt.JOB_STATE_DONE
        self.trials.insert_trial_docs([doc])
        self.trials.refresh()


class BoTorch(Adapter):
    """A Gaussian process and log EI, as BoTorch's tutorials put them together."""

    distributions = ("botorch", "gpytorch", "torch")
    conditions = mixed = False
    slow = ("cube",)

    def __init__(self, space, seed):
        super().__init__(space, seed)
        one_thread()
        import torch

        torch.manual_seed(seed)
        self.X, self.y = [], []

    def suggest(self):
        import torch
        from botorch.acquisition import LogExpectedImprovement
        from botorch.fit import fit_gpytorch_mll
        from botorch.models import SingleTaskGP
        from botorch.optim import optimize_acqf
        from gpytorch.mlls import ExactMarginalLogLikelihood

        X = torch.tensor(np.array(self.X), dtype=torch.double)
        y = torch.tensor(self.y, dtype=torch.double)[:, None]
        model = SingleTaskGP(X, y)  # standardizes y by default
        fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
        point, _ = optimize_acqf(
            LogExpectedImprovement(model, best_f=y.max()),
            bounds=torch.tensor([[0.0], [1.0]], dtype=torch.double).repeat(1, self.space.d),
            q=1,
            num_restarts=10,
            raw_samples=512,
        )
        return self.configuration(dict(zip(self.names, point[0].tolist(), strict=True)))

    def observe(self, config, value):
        self.X.append([config[name] for name in self.names])
        self.y.append(value)


class SMAC(Adapter):
    """SMAC's facade for hyperparameters: random forest, log EI and one random question in five."""

    distributions = ("smac", "ConfigSpace", "scikit-learn")
    slow = ("cube", "mixed")

    def __init__(self, space, seed):
        super().__init__(space, seed)
        import ConfigSpace
        import smac

        logging.getLogger("smac").setLevel(logging.ERROR)  # it warns that it has no initial design
        self.smac = smac
        self.configspace = ConfigSpace.ConfigurationSpace(seed=seed)
        for name in self.names:
            kind = space[name]
            if isinstance(kind, bo.Float):
                self.configspace.add(ConfigSpace.Float(name, (0.0, 1.0)))
            elif isinstance(kind, bo.Int):
                self.configspace.add(ConfigSpace.Integer(name, (kind.low, kind.high)))
            else:
                self.configspace.add(ConfigSpace.Categorical(name, list(kind.choices)))
            for parent, allowed in (kind.when or {}).items():
                allowed = allowed if isinstance(allowed, list) else [allowed]
                self.configspace.add(
                    ConfigSpace.InCondition(
                        self.configspace[name], self.configspace[parent], allowed
                    )
                )
        self.folder = tempfile.TemporaryDirectory()
        scenario = smac.Scenario(
            self.configspace,
            deterministic=True,
            n_trials=10_000,
            seed=seed,
            output_directory=self.folder.name,
        )
        facade = smac.HyperparameterOptimizationFacade
        model = facade.get_model(scenario)
        # One thread; and room for a thousand leaves, not a million: with fifty trials the trees are
        # the same, and each takes a millisecond instead of a hundred.
        model._rf_opts |= {"n_jobs": 1, "max_leaf_nodes": 1000}
        self.optimizer = facade(
            scenario,
            lambda config, seed: None,
            model=model,
            initial_design=facade.get_initial_design(scenario, n_configs=0),
            # Its default is eight questions from one forest, close to each other: cheap and worse.
            config_selector=facade.get_config_selector(scenario, retrain_after=1),
            logging_level=False,
        )
        self.trial = None

    def suggest(self):
        self.trial = self.optimizer.ask()
        return self.configuration(dict(self.trial.config))

    def observe(self, config, value):
        from ConfigSpace import Configuration

        trial, self.trial = self.trial, None
        if trial is None:
            found = Configuration(self.configspace, values=config)
            trial = self.smac.runhistory.dataclasses.TrialInfo(found, seed=0)
        value = self.smac.runhistory.dataclasses.TrialValue(cost=-value)  # it minimizes
        self.optimizer.tell(trial, value, save=False)


METHODS = {
    "ours": OursGP,
    "ours-tpe": OursTPE,
    "ours-in-optuna": OursInOptuna,
    "optuna-tpe": OptunaTPE,
    "optuna-tpe-univariate": OptunaUnivariateTPE,
    "optuna-gp": OptunaGP,
    "skopt": Skopt,
    "bayes-opt": BayesOpt,
    "hyperopt": Hyperopt,
    "botorch": BoTorch,
    "smac": SMAC,
    "sobol": Sobol,
    "random": Random,
}


def is_cube(space):
    """Say whether all hyperparameters of a space are real numbers."""
    return all(isinstance(space[name], bo.Float) for name in space.names)


def one_thread():
    """Keep torch to one thread, whatever it thinks of the environment."""
    import torch

    torch.set_num_threads(1)


def versions(method, distributions=None):
    """Return {distribution: version} of what a method runs on; {} if something is missing."""
    found = {}
    for name in distributions or METHODS[method].distributions:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return {}
    return found
