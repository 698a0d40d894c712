"""Measures whose better direction is settled, as the words that their names end in.

From the documentation of scikit-learn, yardstick, mlr3, MLflow, XGBoost, LightGBM, CatBoost,
GluonTS, Ultralytics, spaCy and others; tests/unit/metric_names.toml names the pages. What is best
at a certain value (coverage, mpe) or has no direction (entropy, learning rate) is not here.
"""

from collections.abc import Mapping

from reportgen.analysis.metric_rules import Direction

_LOWER = """
loss; losses; error; errors; err; mae; mse; rmse; msle; rmsle; mape; smape; wape; wmape; mdape;
mase; rmsse; msis; nrmse; medae; medse; maxae; rae; rrse; rse; sae; sse; nd; owa; wql; rmse relative
logloss; mlogloss; cross entropy; crossentropy; xentropy; xent; bce; nll; nloglik; perplexity; ppl
bits per byte; bits per character; bits per dim; bpb; bpc; bpd; brier; brier class; brier survival
hinge; huber; huber loss pseudo; deviance; crps; pinball; interval score; ranked prob score
fid; kid; lpips; chamfer; hausdorff; epe; mpjpe; wer; cer; mer; ter; eer; ece; mce; frr
edit distance; levenshtein; word error rate; error rate; failure rate; miss rate; fall out
false positive rate; false negative rate; false pos rate; false neg rate; false alarm rate
false positives; false negatives; fpr; fnr; fdr; merror; misclassification; misclassified
misclassification rate; classif ce; classification cost; mmce; aic; aicc; bic; davies bouldin
davies bouldin index; toxicity; regret; roc dist; negative log likelihood
neg log likelihood; mae coverage; perplexities; cross entropies; hallucination; hallucination rate
flesch kincaid grade level; ari grade level
"""
_HIGHER = """
acc; accuracy; bacc; auc; auroc; rocauc; aucroc; auprc; aucpr; prauc; prc; roc auc; pr auc; auc roc
auc pr; roc aunp; roc aunu; roc auc survival; average precision; avg precision; ap; aps; apm; apl
map; ar; mar; f; f meas; f measure; fscore; fmeasure; fbeta; f beta; hits; r squared; rsq; rsquared
rsq trad; rsq adj; rsquared adj; adj rsq; adjusted r squared; explained variance; variance explained
precision; recall; sensitivity; sens; specificity; spec; selectivity; ppv; npv; tpr; tnr
positive predictive value; negative predictive value; true positive rate; true negative rate
true pos rate; true neg rate; true positives; true negatives; hit rate; hitrate; mrr; ndcg; dcg
iou; miou; jaccard; dice; pq; kappa; kap; qwk; cohen kappa; mcc; matthews corrcoef; j index; youden
youden j; informedness; markedness; gmean; gini; gini coef; ks; lift; gain capture; silhouette
calinski harabasz; adjusted rand; rand index; nmi; ami; mutual info; homogeneity
completeness; v measure; fowlkes mallows; concordance; concordance index; concordance survival
cindex; c index; ccc; iic; rpd; rpiq; spearman; spearmanr; spearman r; pearson; pearsonr
pearson r; kendall; kendalltau; correlation; corr; corrcoef; srho; ktau; psnr; ssim; msssim
inception; bleu; sacrebleu; rouge
rougel; rougelsum; meteor; chrf; bertscore; bleurt; exact match; answer similarity
answer correctness; answer relevance; faithfulness; relevance; correctness; groundedness; reward
rewards; rew; return; returns; episode return; episode reward; success rate; win rate; winrate
pass rate; solve rate; success; las; uas; log likelihood; loglik; llf; elbo; sedi
dice coef; dice coefficient; io u
ents f; ents p; ents r; sents f; sents p; sents r; token f; token p; token r; spans sc f; micro f
micro p; micro r; macro f; macro p; macro r; cats score; accuracies
"""
# with a number that belongs to the name
_LOWER_NUMBERED = "hd95"
_HIGHER_NUMBERED = """
f1; f2; r2; r2 adj; adj r2; adjusted r2; rouge1; rouge2; top1; top3; top5; d2 absolute error; d2
d2 pinball; d2 tweedie; d2 log loss; d2 brier
"""
# of the data, not of the model, or better for whom it depends
_NEITHER = "seasonal error; quantization error; attack success rate; attack success"
_MOST_WORDS = 4


def _table() -> Mapping[tuple[str, ...], Direction]:
    rows = (
        (_LOWER + _LOWER_NUMBERED, Direction.LOWER),
        (_HIGHER + _HIGHER_NUMBERED, Direction.HIGHER),
        (_NEITHER, Direction.UNKNOWN),
    )
    return {
        tuple(phrase.split()): direction
        for phrases, direction in rows
        for phrase in phrases.replace("\n", ";").split(";")
        if phrase.strip()
    }


PHRASES = _table()
WORDS = frozenset(word for phrase in PHRASES for word in phrase)


def phrase_at_end(words: tuple[str, ...]) -> tuple[str, ...]:
    """The longest phrase of the table that these words end in; () where there is none."""
    for size in range(_MOST_WORDS, 0, -1):
        if words[-size:] in PHRASES and len(words) >= size:
            return words[-size:]
    return ()


def _phrases(text: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(phrase.split()) for phrase in text.split(";"))


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# scikit-learn's scorers turn the sign of what is better when lower: neg_mean_squared_error
NEGATED = _phrases(
    "mean absolute error;mean squared error;root mean squared error;mean squared log error;"
    "root mean squared log error;median absolute error;mean absolute percentage error;"
    "mean poisson deviance;mean gamma deviance;max error;log loss;brier;brier loss;"
    "negative likelihood ratio;mse;rmse;mae;mape;msle;rmsle;logloss"
)
# words at the end of a name that do not change what is measured
AROUND = _set(
    "mean avg average median macro micro weighted binary multiclass samples epoch step score "
    "scores value final last best min max total overall all ema smooth smoothed running v at k p "
    "per class dataloader idx integrated b m unknown dataset"
)
# words that make another thing of it: the spread of an error is no error
SPREAD = _set(
    "std stdev stddev sd sem stderr se var variance ci iqr spread standard delta diff difference "
    "gap"
)
# what it costs to get so far, as in time_to_accuracy
COSTS = _set("time seconds epoch epochs step steps iterations samples tokens episodes")
# of networks that play against each other, a lower loss of one does not tell a better model
RIVALS = _set(
    "d g gen disc discriminator generator adv adversarial critic actor policy value vf pi q "
    "entropy ent"
)
# loss_rpn_cls: parts of a loss that stand behind the word
LOSS_PARTS = _set(
    "cls reg box bbox mask rpn loc obj dfl giou iou ciou ce bce dice kpt keypoint rcnn seg "
    "semantic mse mae kl recon rec contrastive ner tagger parser tok2vec textcat senter spancat "
    "transformer morphologizer lemmatizer objectness classifier l1 l2 focal centerness triplet"
)
