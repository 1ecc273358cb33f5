// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// The words of Chainlink's AggregatorV3, written anew for tests: it says whatever it was told, sound or not.
contract FeedShape {
    uint8 public decimals;
    string public description;
    uint80 private round;
    int256 private answer;
    uint256 private updatedAt;
    uint80 private answeredInRound;

    constructor(uint8 places, string memory text) {
        decimals = places;
        description = text;
    }

    function tell(uint80 round_, int256 answer_, uint256 updatedAt_, uint80 answeredInRound_) external {
        (round, answer, updatedAt, answeredInRound) = (round_, answer_, updatedAt_, answeredInRound_);
    }

    /// For whoever sets a test up; a feed that changes its decimals is for the tests to find.
    function change(uint8 places, string memory text) external {
        decimals = places;
        description = text;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (round, answer, updatedAt, updatedAt, answeredInRound);
    }
}

/// A proxy of feeds: it passes calls on to the aggregator of its phase, whose number stands in the upper bits of each round.
contract FeedProxyShape {
    FeedShape public aggregator;
    uint16 public phaseId;

    constructor(FeedShape first) {
        point(first);
    }

    function point(FeedShape next) public {
        aggregator = next;
        phaseId += 1;
    }

    function decimals() external view returns (uint8) {
        return aggregator.decimals();
    }

    function description() external view returns (string memory) {
        return aggregator.description();
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        (uint80 round, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound) =
            aggregator.latestRoundData();
        return (phased(round), answer, startedAt, updatedAt, phased(answeredInRound));
    }

    function phased(uint80 round) private view returns (uint80) {
        return (uint80(phaseId) << 64) | round;
    }
}
